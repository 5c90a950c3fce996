"""Start the service, ask it, and stop it."""

from fastapi.testclient import TestClient
from notes import app

with TestClient(app) as client:
    print(client.post("/notes/buy tea").json())
    print(client.get("/notes").json())
