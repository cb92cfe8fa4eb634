"""``grader serve``."""

from __future__ import annotations

import os
from pathlib import Path

import click
import uvicorn

from ...settings import load_settings
from ...store.private import UMASK
from ..main import operator_errors
from ..serving import data_option, log_to_stderr, see_that_files_are_there, see_that_port_is_free, store_of

__all__ = ["command"]


@click.command(name="serve")
@data_option
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=int, help="Port to listen on.")
@click.option("--processes", type=click.IntRange(1, 64), default=1, show_default=True)
def command(data: Path | None, host: str | None, port: int | None, processes: int) -> None:
    """Run the HTTP API."""
    log_to_stderr()
    settings = load_settings(data=data, host=host, port=port)
    with operator_errors():
        database = store_of(settings)
        see_that_files_are_there(database, settings)
        database.close()
    see_that_port_is_free(settings)
    if data is not None:
        os.environ["GRADER_DATA"] = str(data)  # for the processes that are started
    uvicorn.run(
        "grader.cli.operator.serve:make",
        factory=True,
        http="grader.api.server:PunctualProtocol",
        ws="none",
        host=settings.host,
        port=settings.port,
        workers=processes,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.proxies),
        forwarded_allow_ips=",".join(settings.proxies) or None,
        timeout_graceful_shutdown=5,
    )


def make() -> object:
    """The application of one process."""
    from ...api import create_app

    os.umask(UMASK)
    return create_app(load_settings())
