"""An object store for tests: the server of moto, which speaks S3 by HTTP. Other people wrote it.

MinIO, Garage and SeaweedFS are in no registry that a build of this project reaches. It keeps objects in
the memory of the process, so they are there again after an outage.
"""

import logging
from collections.abc import Iterator

import pytest
from moto.server import ThreadedMotoServer

from abhiyan.core.store import S3Store, s3_store
from abhiyan.core.tests.ports import free_port

BUCKET, PREFIX = "files-of-tests", "campaign/"


class ObjectStoreServer:
    """A server that a test stops and starts again. others: what a process of another host is to have set."""

    def __init__(self) -> None:
        self.port = free_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self._server: ThreadedMotoServer | None = None

    @property
    def settings(self) -> dict[str, str]:
        return {
            "ABHIYAN_STORE": f"s3://{BUCKET}/{PREFIX}",
            "ABHIYAN_STORE_ENDPOINT": self.endpoint,
            "ABHIYAN_STORE_REGION": "ap-south-1",
            "AWS_ACCESS_KEY_ID": "AKIA-of-tests",
            "AWS_SECRET_ACCESS_KEY": "a-secret-of-tests",
        }

    def start(self) -> None:
        self._server = ThreadedMotoServer("127.0.0.1", self.port, verbose=False)
        self._server.start()

    def stop(self) -> None:
        if self._server is not None:
            self._server.stop()
            self._server = None

    def bucket(self) -> S3Store:
        """The store as the installation uses it."""
        return s3_store(BUCKET, PREFIX, self.endpoint, "ap-south-1")


@pytest.fixture
def object_store() -> Iterator[ObjectStoreServer]:
    """Files lie in an object store during this test."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ObjectStoreServer()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in server.settings.items():
            patch.setenv(name, value)
        server.start()
        client = server.bucket()._client
        client.create_bucket(
            Bucket=BUCKET,
            CreateBucketConfiguration={"LocationConstraint": server.settings["ABHIYAN_STORE_REGION"]},
        )
        try:
            yield server
        finally:
            server.stop()
            server.start()
            for stored in list(server.bucket().listed("")):
                server.bucket().remove(stored.name)
            client.delete_bucket(Bucket=BUCKET)
            server.stop()
