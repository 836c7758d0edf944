"""The `elearn` command: one function a word, in the table COMMANDS.

Words and order only; deeds are in services, and each command loads what it needs and no more: `elearn check` never
loads Flask, and alembic is loaded only where tables are behind.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence

from elearn import usage
from elearn.commands import (
    archives,
    attestations,
    beginning,
    content,
    editions,
    exchange,
    fixing,
    keys,
    mail,
    people,
    serve,
    translate,
    upkeep,
)
from elearn.config import SettingsError
from elearn.store.content_folder import ContentFolderError
from elearn.terminal import warn

Command = Callable[[argparse.Namespace], int]

COMMANDS: dict[str, Command] = {
    "run": serve.run,
    "work": serve.work,
    "check": content.check,
    "fix": fixing.fix,
    "new course": beginning.new_course,
    "new unit": beginning.new_unit,
    "new question": beginning.new_question,
    "diff": editions.diff,
    "publish": editions.publish,
    "translate": translate.translate,
    "preview": serve.preview,
    "import gift": exchange.import_gift,
    "export gift": exchange.export_gift,
    "export html": exchange.export_html,
    "user add": people.user_add,
    "user list": people.user_list,
    "user role": people.user_role,
    "user deactivate": people.user_deactivate,
    "user link": people.user_link,
    "user remove-factor": people.user_remove_factor,
    "issue": attestations.issue,
    "revoke": attestations.revoke,
    "verify": attestations.verify,
    "rotate-keys": attestations.rotate_keys,
    "status-lists": attestations.status_lists,
    "organisation list": attestations.organisation_list,
    "organisation add": attestations.organisation_add,
    "mail list": mail.mail_list,
    "mail show": mail.mail_show,
    "mail send": mail.mail_send,
    "keys new": keys.keys_new,
    "keys list": keys.keys_list,
    "keys rotate": keys.keys_rotate,
    "keys forget": keys.keys_forget,
    "backup": archives.backup,
    "restore": archives.restore,
    "upgrade": archives.upgrade,
    "erasures list": upkeep.erasures_list,
    "erasures replay": upkeep.erasures_replay,
    "retention": upkeep.retention,
    "register": upkeep.register,
    "migrate": upkeep.migrate,
    "doctor": upkeep.doctor,
}


def main(words: Sequence[str] | None = None) -> int:
    """Exit status: 0 done, 1 not done and said why, 2 not understood."""
    given = usage.parser().parse_args(words)
    try:
        return COMMANDS[given.command](given)
    except SettingsError as error:
        warn(error.fr, error.en)
        return 1
    except ContentFolderError as error:
        warn(*usage.UNREADABLE[error.code](error.path))
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # whoever read what is said has gone: `elearn register | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


if __name__ == "__main__":
    sys.exit(main())
