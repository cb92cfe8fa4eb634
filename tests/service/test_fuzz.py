"""Every endpoint of the OpenAPI document under what nobody expected: no server errors, and only what the document says.

The same requests each time; ``make fuzz`` tries new ones, and more of them.
"""

import os
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from grader.api import create_app
from grader.service import people
from grader.settings import Settings

from .test_api import Api, broker  # noqa: F401

DOCUMENT = create_app(Settings(data=Path("/tmp"))).openapi()
OPERATIONS = [(method.upper(), path) for path, item in DOCUMENT["paths"].items() for method in item]
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture
def api(world, broker, tmp_path):  # noqa: F811
    limits = {
        "rate_limit": "1000000/minute",
        "submit_rate_limit": "1000000/minute",
        "anonymous_rate_limit": "1000000/minute",
    }
    made = Api(world, broker, tmp_path, **limits)
    with made.client:
        yield made


def fuzz(api, method, path, examples, check):
    operation = schemathesis.openapi.from_asgi("/openapi.json", api.app)[path][method]

    @given(operation.as_strategy())
    @settings(
        max_examples=EXAMPLES or examples,
        derandomize=not EXAMPLES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def run(case):
        check(case)

    run()


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_no_endpoint_breaks(api, method, path):
    world = api.world
    known = {"course": "py", "slug": world.slug, "login": "ada", "submission_id": world.submit()}

    def check(case):
        # A token for each request: one of the requests ends its own.
        with world.database.writing() as session:
            user = people.find_user(session, "root")
            _token, secret = people.issue_token(session, user, "fuzz", people.SCOPES, world.now, None)
        headers = {"Authorization": f"Bearer {secret}"}
        if path != "/api/v1/submissions/{submission_id}/events":
            # Behind names that lead somewhere there is more to break.
            case.path_parameters = {name: known.get(name, value) for name, value in case.path_parameters.items()}
        case.call_and_validate(checks=CHECKS, headers=headers)

    fuzz(api, method, path, 20, check)


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_nothing_but_health_is_open_to_strangers(api, method, path):
    def check(case):
        case.headers.pop("Authorization", None)
        response = case.call()
        assert response.status_code == (200 if path in ("/health", "/ready") else 401), response.text

    fuzz(api, method, path, 3, check)
