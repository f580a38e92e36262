import re

import pytest
from fastapi.testclient import TestClient

from api.settings import ServeSettings


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/css/page.css", "text/css; charset=utf-8"),
        ("/js/main.js", "text/javascript; charset=utf-8"),
        ("/js/views/programme.js", "text/javascript; charset=utf-8"),
        ("/js/data.js", "text/javascript; charset=utf-8"),
        ("/icon.svg", "image/svg+xml"),
    ],
)
def test_files_have_their_type_and_are_not_sent_twice(
    client: TestClient, path: str, media_type: str
) -> None:
    response = client.get(path)
    assert (response.status_code, response.headers["content-type"]) == (200, media_type)
    assert response.headers["cache-control"] == "no-cache"
    again = client.get(path, headers={"If-None-Match": response.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("path", ["/../pyproject.toml", "/js/..%2f..%2fpyproject.toml", "/js/"])
def test_no_path_leads_out_of_the_page(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/", "/js/main.js", "/nope", "/api/health", "/api/nope"])
def test_every_response_carries_the_security_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert "access-control-allow-origin" not in headers


def test_the_page_keeps_its_own_policy(client: TestClient) -> None:
    page = client.get("/").text
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=", page)
    sources = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert all(source.startswith(("/", "#")) for source in sources)
    for source in sources:
        if source.startswith("/"):
            assert client.get(source).status_code == 200, source


def test_modules_import_only_what_is_served(client: TestClient) -> None:
    seen, waiting = set(), ["/js/main.js"]
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        response = client.get(path)
        assert response.status_code == 200, path
        folder = path.rsplit("/", 1)[0]
        for target in re.findall(r"(?:from|import\() ?\"(\.[^\"]+)\"", response.text):
            parts = f"{folder}/{target}".split("/")
            resolved: list[str] = []
            for part in parts:
                if part == "..":
                    resolved.pop()
                elif part != ".":
                    resolved.append(part)
            waiting.append("/".join(resolved))
    assert "/js/data.js" in seen
    assert "/js/views/card.js" in seen


def test_another_name_for_this_machine_is_refused(make_client) -> None:
    local = make_client(allowed_hosts=ServeSettings().accepted_hosts)
    for host in ("127.0.0.1:8000", "localhost", "[::1]:8000"):
        assert local.get("/api/health", headers={"Host": host}).status_code == 200
    refused = local.get("/api/health", headers={"Host": "evil.example"})
    assert (refused.status_code, refused.json()["type"]) == (421, "/problems#unknown-host")
    assert refused.headers["content-security-policy"]


def test_openapi_documents_problems_and_examples(client: TestClient) -> None:
    document = client.get("/api/openapi.json").json()
    assert "Problem" in document["components"]["schemas"]
    assert "FieldError" in document["components"]["schemas"]
    for path, operations in document["paths"].items():
        assert path.startswith("/api/")
        for operation in operations.values():
            assert operation["tags"], path
            assert "HTTPValidationError" not in str(operation), path
    references = set(re.findall(r"#/components/schemas/(\w+)", str(document)))
    assert references <= set(document["components"]["schemas"])
