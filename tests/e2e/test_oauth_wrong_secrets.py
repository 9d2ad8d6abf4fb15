"""Wrong client secrets, through nginx and several workers: answered alike however many they are, in
JSON, and they shut nobody out. What a site's own limit answers is in test_nginx_oauth.py."""
from load import at_once
from oauth_site import CONFIG as SITE, is_refused

CONFIG = SITE


def test_hundreds_of_wrong_secrets_are_401_in_json_and_shut_no_client_out(stack, secret_app):
    form = {"grant_type": "refresh_token", "refresh_token": "x"}

    def guess(number, http):
        return [stack.request("POST", "/oauth/token", data=form, session=http,
                              auth=(secret_app.client_id, f"wrong-{number}-{turn}"))
                for turn in range(25)]
    answers = [answer for each in at_once(16, guess) for answer in each]
    assert len(answers) == 400
    for answer in answers:
        assert is_refused(answer, 401, "invalid_client")
        assert answer.headers["WWW-Authenticate"].startswith("Basic ")
        assert "Retry-After" not in answer.headers
    assert len({answer.text for answer in answers}) == 1
    right = secret_app.token(**form)
    assert is_refused(right, 400, "invalid_grant"), "the client itself is known all the time"
