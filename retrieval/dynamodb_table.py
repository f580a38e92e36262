"""One DynamoDB table: the one place of retrieval's state that uses boto3.

Keys are two strings, ``PK`` and ``SK``. Credentials, region and endpoint are boto3's own
(``AWS_...``, ``~/.aws``, roles). Reads are strongly consistent. A write is one item at a time and
never a transaction: what has to change together is kept in one item, and other items count only
while that one names them (see `retrieval.dynamodb_store`).
"""

import logging
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from retrieval.domain.errors import StateUnavailable

__all__ = [
    "HEAD",
    "DynamoTable",
    "Item",
    "binary",
    "compress",
    "decompress",
    "number",
    "text",
    "texts",
]

logger = logging.getLogger(__name__)

Item = dict[str, dict[str, Any]]
"""An item with DynamoDB's type marks: ``{"version": {"N": "3"}}``."""

HEAD: Final = "head"
"""``SK`` of the item that stands for a whole viewer or document."""
TTL_ATTRIBUTE: Final = "expires_s"
_CONNECT_TIMEOUT_S: Final = 2
_READ_TIMEOUT_S: Final = 5
_ATTEMPTS: Final = 4
_THROTTLED: Final = frozenset(
    (
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ThrottlingException",
    )
)
_REFUSED: Final = frozenset(
    (
        "AccessDeniedException",
        "IncompleteSignatureException",
        "InvalidSignatureException",
        "MissingAuthenticationTokenException",
        "UnrecognizedClientException",
    )
)


class DynamoTable:
    """Calls on a table, with every failure a `StateUnavailable` that says what to do."""

    def __init__(self, name: str) -> None:
        """Use a table; nothing is asked of it yet.

        Raises:
            StateUnavailable: boto3 is missing, or has no region.
        """
        self.name = name
        with self._errors():
            self._client = _client()

    def get(self, partition: str) -> Item | None:
        """The head item of a partition, or None."""
        with self._errors():
            answer = self._client.get_item(
                TableName=self.name, Key=_key(partition, HEAD), ConsistentRead=True
            )
        item: Item | None = answer.get("Item")
        return item

    def query(self, partition: str, *, prefix: str = "") -> list[Item]:
        """All items of a partition whose ``SK`` starts with the prefix, in order of ``SK``."""
        condition, values = "PK = :partition", {":partition": text(partition)}
        if prefix:
            condition, values[":prefix"] = f"{condition} AND begins_with(SK, :prefix)", text(prefix)
        with self._errors():
            pages = self._client.get_paginator("query").paginate(
                TableName=self.name,
                KeyConditionExpression=condition,
                ExpressionAttributeValues=values,
                ConsistentRead=True,
            )
            return [item for page in pages for item in page["Items"]]

    def scan_partitions(self, prefix: str) -> Iterator[str]:
        """Partitions with a head item whose ``PK`` starts with the prefix; scans the table."""
        with self._errors():
            pages = self._client.get_paginator("scan").paginate(
                TableName=self.name,
                FilterExpression="SK = :head AND begins_with(PK, :prefix)",
                ExpressionAttributeValues={":head": text(HEAD), ":prefix": text(prefix)},
                ProjectionExpression="PK",
            )
            for page in pages:
                yield from (item["PK"]["S"] for item in page["Items"])

    def put(self, partition: str, sort: str, attributes: Item) -> Item | None:
        """Write an item; returns the one that it replaced."""
        with self._errors():
            answer = self._client.put_item(
                TableName=self.name,
                Item=_key(partition, sort) | attributes,
                ReturnValues="ALL_OLD",
            )
        item: Item | None = answer.get("Attributes")
        return item

    def create(self, partition: str, attributes: Item) -> bool:
        """Write a head item unless there is one; False when there was."""
        with self._errors():
            try:
                self._client.put_item(
                    TableName=self.name,
                    Item=_key(partition, HEAD) | attributes,
                    ConditionExpression="attribute_not_exists(PK)",
                )
            except self._client.exceptions.ConditionalCheckFailedException:
                return False
        return True

    def update_head(self, partition: str, *, assign: str, condition: str, values: Item) -> bool:
        """Change a head item if the condition holds; False when it does not.

        Args:
            partition: Whose head.
            assign: What ``SET`` assigns, in DynamoDB's expression language.
            condition: When.
            values: Values by their placeholders (``:...``).
        """
        with self._errors():
            try:
                self._client.update_item(
                    TableName=self.name,
                    Key=_key(partition, HEAD),
                    UpdateExpression=f"SET {assign}",
                    ConditionExpression=condition,
                    ExpressionAttributeValues=values,
                )
            except self._client.exceptions.ConditionalCheckFailedException:
                return False
        return True

    def clear(self, partition: str, sorts: list[str]) -> None:
        """Delete items that nothing names any more.

        A failure is logged and no more: what they belonged to was written already, and who reads
        it does not see them.
        """
        try:
            with self._errors():
                for sort in sorts:
                    self._client.delete_item(TableName=self.name, Key=_key(partition, sort))
        except StateUnavailable as error:
            logger.warning("%d items of %s were left behind: %s", len(sorts), partition, error)

    def create_table(self) -> bool:
        """Create the table, billed by request, with expiry of cached texts switched on.

        Returns:
            False when it was there already.
        """
        with self._errors():
            try:
                self._client.create_table(
                    TableName=self.name,
                    KeySchema=[
                        {"AttributeName": "PK", "KeyType": "HASH"},
                        {"AttributeName": "SK", "KeyType": "RANGE"},
                    ],
                    AttributeDefinitions=[
                        {"AttributeName": "PK", "AttributeType": "S"},
                        {"AttributeName": "SK", "AttributeType": "S"},
                    ],
                    BillingMode="PAY_PER_REQUEST",
                )
            except self._client.exceptions.ResourceInUseException:
                return False
            waiter = self._client.get_waiter("table_exists")
            waiter.wait(TableName=self.name, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
        self._expire_items()
        return True

    def _expire_items(self) -> None:
        from botocore.exceptions import ClientError

        try:
            self._client.update_time_to_live(
                TableName=self.name,
                TimeToLiveSpecification={"Enabled": True, "AttributeName": TTL_ATTRIBUTE},
            )
        except ClientError as error:
            # Some emulators never expire items; readers look at the time themselves, so all that
            # is lost is that old items are cleared away.
            if error.response["Error"]["Code"] != "UnknownOperationException":
                raise StateUnavailable(
                    f"the table '{self.name}' was created, but expiry was refused: {error}"
                ) from error

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            from botocore.exceptions import BotoCoreError, ClientError
        except ModuleNotFoundError as error:
            raise StateUnavailable(
                "state in DynamoDB needs boto3: pip install 'whylens[aws]'"
            ) from error
        try:
            yield
        except ClientError as error:
            raise StateUnavailable(self._refusal(error)) from error
        except BotoCoreError as error:
            raise StateUnavailable(
                f"the DynamoDB table '{self.name}' cannot be reached: {error}; check the network,"
                " AWS_REGION, the credentials, and AWS_ENDPOINT_URL_DYNAMODB where it is set"
            ) from error

    def _refusal(self, error: Any) -> str:
        code = error.response.get("Error", {}).get("Code", "")
        if code == "ResourceNotFoundException":
            return (
                f"there is no DynamoDB table '{self.name}' in this region; 'whylens data"
                " create-table' makes one, WHYLENS_STATE_TABLE names another"
            )
        if code in _THROTTLED:
            return (
                f"the DynamoDB table '{self.name}' is overloaded ({code}); try again shortly, or"
                " give it more capacity"
            )
        if code in _REFUSED:
            return (
                f"the DynamoDB table '{self.name}' may not be used ({error}); check the"
                " credentials and their policy"
            )
        return f"DynamoDB refused a call on the table '{self.name}': {error}"


def text(value: str) -> dict[str, Any]:
    """A string, as DynamoDB marks it."""
    return {"S": value}


def texts(values: list[str]) -> dict[str, Any]:
    """A list of strings."""
    return {"L": [text(value) for value in values]}


def number(value: int) -> dict[str, Any]:
    """A whole number."""
    return {"N": str(value)}


def binary(value: bytes) -> dict[str, Any]:
    """Bytes."""
    return {"B": value}


def compress(value: str) -> bytes:
    """A long text in fewer bytes: an item holds 400 KB at most, and is billed by size."""
    return zlib.compress(value.encode("utf-8"), level=6)


def decompress(value: bytes) -> str:
    """The text that `compress` was given.

    Raises:
        StateUnavailable: The bytes are damaged.
    """
    try:
        return zlib.decompress(value).decode("utf-8")
    except (zlib.error, UnicodeDecodeError) as error:
        raise StateUnavailable(f"an item in DynamoDB is damaged: {error}") from error


def _key(partition: str, sort: str) -> Item:
    return {"PK": text(partition), "SK": text(sort)}


def _client() -> Any:
    import boto3
    from botocore.config import Config

    config = Config(
        connect_timeout=_CONNECT_TIMEOUT_S,
        read_timeout=_READ_TIMEOUT_S,
        retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
        max_pool_connections=32,
    )
    return boto3.client("dynamodb", config=config)
