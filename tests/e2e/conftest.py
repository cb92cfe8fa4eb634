import pytest

from tests.live.running import running


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """A service with a course, an assignment and two learners."""
    from tests.service.receiver import receiving

    # Sockets need short paths.
    with (
        receiving() as receiver,
        running(tmp_path_factory.mktemp("up"), webhook_networks="127.0.0.0/8", webhook_first_retry="0.2") as made,
    ):
        made.receiver = receiver
        made.secret = (
            made.run("course", "add", "py", "--title", "Python") and made.run("webhook", "add", receiver.url).strip()
        )
        made.run("publish", "assignments/roman-numerals", "--course", "py")
        made.add_learners("py", "ada", "bob")
        yield made
