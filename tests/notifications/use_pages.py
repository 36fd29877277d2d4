"""Use the product as a person does, in a process of its own: sign in, look, act. Arguments USER, then addresses.

An address that begins with "POST " is sent an empty form. Prints one line of JSON: the status of each answer.
"""

import json
import os
import sys

import django


def main(username: str, *addresses: str) -> None:
    """Through the sign-in page and the whole stack, with the settings of the environment."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.test import Client

    browser = Client(raise_request_exception=False)
    entered = {"login": username, "password": "tongchou-demo"}
    found = {"sign in": browser.post("/accounts/login/", entered).status_code}
    for address in addresses:
        method, _, path = address.rpartition(" ")
        answer = browser.post(path) if method else browser.get(path)
        found[address] = answer.status_code
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
