"""What verifiers fetch: the issuer's document and its list, as they are, from anywhere."""

import json

from elearn.services import signing
from elearn.services.verification import public_key
from tests.browse import Browser
from tests.web.papers import issued


def test_it_works(benoit: Browser, visitor: Browser) -> None:
    page = issued(benoit)
    credential = json.loads(benoit.get(f"{page.path}/credentials/real").response.get_data())
    answer = visitor.get("/o/site/did.json").response
    document = json.loads(answer.get_data())
    assert document["id"] == credential["issuer"]["id"] == "did:web:localhost%3A8080:o:site"
    assert (
        answer.headers["Access-Control-Allow-Origin"] == "*"
        and answer.headers["Cache-Control"] == "public, max-age=3600"
    )
    assert "Set-Cookie" not in answer.headers
    public = public_key(document, credential["proof"]["verificationMethod"])
    assert public is not None
    signing.check(credential, public)

    status = credential["credentialStatus"]
    assert status["statusListCredential"] == "http://localhost:8080/o/site/status/1"
    listed = json.loads(visitor.get("/o/site/status/1").response.get_data())
    signing.check(listed, public)
    assert listed["id"] == status["statusListCredential"] and not signing.is_set(listed, int(status["statusListIndex"]))


def test_nobody_issues_under_that_name(visitor: Browser) -> None:
    for path in ("/o/site/did.json", "/o/site/status/1", "/o/autre/did.json", "/o/site/status/0"):
        assert visitor.get(path).status == 404
