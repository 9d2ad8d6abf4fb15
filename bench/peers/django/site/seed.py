"""Makes the tables and the accounts of a measurement, and prints tokens for them."""
import datetime
import json
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gate.settings")
django.setup()

# What follows can be imported only now.
from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from rest_framework_simplejwt.tokens import AccessToken  # noqa: E402

DAY = datetime.timedelta(days=1)


def token(user, lifetime=DAY):
    made = AccessToken.for_user(user)
    made.set_exp(lifetime=lifetime)
    return str(made)


call_command("migrate", verbosity=0)
alice, carol = (User.objects.create_user(name) for name in ("alice", "carol"))
tokens = {"valid": token(alice), "expired": token(alice, -DAY), "disabled": token(carol)}
text, _, signature = tokens["valid"].rpartition(".")
tokens["forged"] = f"{text}.{signature[::-1]}"
carol.is_active = False
carol.save()
print(json.dumps(tokens))
