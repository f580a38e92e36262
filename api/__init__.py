"""The HTTP API: FastAPI routes over retrieval and agents, on uvicorn or on Lambda."""
