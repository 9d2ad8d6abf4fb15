#pragma once

namespace postern::cli::help {

inline constexpr const char* kPostern = R"help(Exit status:
  0  done
  1  refused, or a check failed
  2  the command line cannot be understood
  3  the configuration, or the master key file, cannot be used
  4  the database cannot be reached

Files:
  --config FILE, else $POSTERN_CONFIG, else /etc/postern/postern.toml.
  $POSTERN_CONFIG_EXTRA, if set, names a second file that is laid over it.

From an empty machine to a running service:
  postern config check
  postern migrate
  postern init --admin alice --admin-email alice@example.org \
               --credentials-file /root/postern-admin.json
  postern serve
  postern doctor

`postern COMMAND --help` shows what a command does, with examples.)help";

inline constexpr const char* kServe =
    R"help(Runs in the foreground until SIGTERM or SIGINT, which let the requests under
way finish. SIGHUP reads the settings again and replaces the workers without
losing a request; addresses of sockets need a restart. It starts, and answers
503, when the database is away.

Examples:
  postern serve
  postern --config /srv/site/postern.toml serve
  kill -HUP "$(cat /run/postern/postern.pid)"      # after editing the settings)help";

inline constexpr const char* kMigrate =
    R"help(Uses database.owner_url, and lets the role of database.url read and write rows,
nothing more. Safe to run again, and to run twice at once.

Examples:
  postern migrate
  postern migrate --json)help";

inline constexpr const char* kInit =
    R"help(Makes what is missing and never touches what exists: the master key file (mode
0600), the signing keys, and, where it is asked for and there is none yet, an
administrator with a random password, written to a file of mode 0600 as
{"username","email","password"}. Run it as the user that will run the service,
after `postern migrate`; run it again whenever in doubt.

Examples:
  postern init
  postern init --admin alice --admin-email alice@example.org \
               --credentials-file /root/postern-admin.json)help";

inline constexpr const char* kDoctor =
    R"help(Prints one line a check, `ok`, `warn` or `FAIL`, with how to mend it. Run it as
the user that runs the service. Exit status 1 when anything is FAIL.

Examples:
  postern doctor
  postern doctor --web-user nginx
  postern doctor --json | jq '.[] | select(.level != "ok")')help";

inline constexpr const char* kConfigCheck =
    R"help(Reports everything that is wrong, each with file, line, key and what is allowed.
Exit status 0 when all is good, else 1.

Examples:
  postern config check
  POSTERN_CONFIG_EXTRA=local.toml postern config check --config postern.toml)help";

inline constexpr const char* kConfigShow =
    R"help(Every key with its value in effect and where it came from (file and line, or the
default). Passwords within database addresses are masked.

Examples:
  postern config show
  postern config show --json | jq '.values["server.issuer"]')help";

inline constexpr const char* kAccountAdd =
    R"help(Asks for the password on the terminal, unless told where to take it from. It is
never taken from the command line, which other users of the machine can see.

Examples:
  postern account add bob --email bob@example.org
  postern account add carol --role admin --random
  pass show site/dave | postern account add dave --password-stdin
  postern account add backup --bot                  # keys only, no password)help";

inline constexpr const char* kAccountList = R"help(Oldest first.

Examples:
  postern account list --status pending
  postern account list --query example.org --json | jq -r '.[].username')help";

inline constexpr const char* kAccountDisable =
    R"help(Ends its sessions at once and refuses its keys while it is disabled. ACCOUNT is a
username, an e-mail address or an id. The last administrator cannot be disabled.

Examples:
  postern account disable bob)help";

inline constexpr const char* kAccountEnable =
    R"help(Lets a disabled account act again. Its keys hold again, its sessions have ended.

Examples:
  postern account enable bob)help";

inline constexpr const char* kAccountApprove =
    R"help(Lets an account act that registered and waits for approval.

Examples:
  postern account list --status pending
  postern account approve erin@example.org)help";

inline constexpr const char* kAccountMfaReset =
    R"help(For an owner who has lost both the authenticator and the recovery codes. Make sure that it is
the owner who asks. All sessions of the account end; a password shorter than one that stands alone
(password.min_length) ends, too, and a new one is set with `postern account password`.

Examples:
  postern account mfa-reset bob)help";

inline constexpr const char* kAccountPassword =
    R"help(Sets a new password and ends all sessions of the account.

Examples:
  postern account password bob
  postern account password bob --random)help";

inline constexpr const char* kAccountRole = R"help(Holds from the account's next request on.

Examples:
  postern account role bob admin)help";

inline constexpr const char* kKeyList =
    R"help(Newest first, revoked ones included. The keys themselves are not stored and cannot
be shown.

Examples:
  postern key list
  postern key list --account bob --json)help";

inline constexpr const char* kKeyRevoke =
    R"help(Refused everywhere from then on. ID is the key's id as `key list` shows it.

Examples:
  postern key revoke 01977f6e-8c7a-7d31-b0a5-3d1a6ff0e9c1)help";

inline constexpr const char* kSigningKeyList =
    R"help(The keys that tokens are signed with, of both algorithms, newest first: `next` (published, does not
sign yet), `signing`, `verifying` (until the last token it signed has died) or
`ended`. The housekeeper makes the next one by itself.

Examples:
  postern signing-key list
  postern signing-key list --json)help";

inline constexpr const char* kSigningKeyRotate =
    R"help(Publishes the next key now; it signs after signing.publish_ahead_seconds, and
nobody notices: one key for each algorithm. With --emergency, when somebody else
may have a key: new ones sign at once, and every token that an older one signed is
refused everywhere when this returns. Whoever has a refresh token gets a new one by it; the others
sign in again.

Examples:
  postern signing-key rotate
  postern signing-key rotate --emergency)help";

inline constexpr const char* kRoleList =
    R"help(By name, with how many accounts have each and what it permits.

Examples:
  postern role list
  postern role list --json | jq -r '.[].name')help";

inline constexpr const char* kRoleShow = R"help(Examples:
  postern role show moderator
  postern role show moderator --json)help";

inline constexpr const char* kRoleSet =
    R"help(Gives the role these permissions and no others; makes the role, and permissions
that do not exist yet. Holds from the next request of everybody who has it, API
keys included: a key may do what both itself and its owner's role permit.

Examples:
  postern role set editor --permission read --permission posts.compose
  postern role set guest --none --description "May sign in and nothing else")help";

inline constexpr const char* kRoleDelete =
    R"help(Refused while an account or a live invitation has it, and for one that came with
Postern.

Examples:
  postern account list --json | jq -r '.[] | select(.role == "editor").username'
  postern role delete editor)help";

inline constexpr const char* kInviteCreate =
    R"help(Prints the code on its last line, this once: only a hash of it is kept. With
--email it is sent there too, where mail is set up.

Examples:
  postern invite create
  postern invite create --role moderator --uses 10 --days 30
  postern invite create --email erin@example.org)help";

inline constexpr const char* kInviteList =
    R"help(Newest first. Those that are over stay for 30 days past their end.

Examples:
  postern invite list
  postern invite list --json | jq '.[] | select(.status == "active")')help";

inline constexpr const char* kInviteRevoke =
    R"help(Nobody registers with it from then on; who did keeps the account. ID is the
invitation's id as `invite list` shows it.

Examples:
  postern invite revoke 01977f6e-8c7a-7d31-b0a5-3d1a6ff0e9c1)help";

inline constexpr const char* kClientCreate =
    R"help(Most applications register themselves and need none of this. One that acts for
itself, without a person (--grant client), has an account, whose role bounds what
it may. Its secret is printed on the last line, this once: only a hash is kept.

Examples:
  postern client create --name Wiki --redirect-uri https://wiki.example.org/callback
  postern client create --name Notes --redirect-uri https://notes.example.org/callback \
                        --id-token-alg ES256
  postern client create --name Backup --grant client --account backup --scope posts.read
  postern client create --name "Command line" --auth none --grant code --grant refresh \
                        --redirect-uri http://127.0.0.1/callback
  postern client create --name Mirror --grant client --account backup \
                        --auth private_key_jwt --jwks mirror-keys.json)help";

inline constexpr const char* kClientList =
    R"help(Newest first. Those that registered themselves (origin registered), that are known
by the address of their metadata (document), and that were made here
(administrator). Names are what they call themselves.

Examples:
  postern client list
  postern client list --json | jq -r '.[] | select(.last_used_at == null).id')help";

inline constexpr const char* kClientDelete =
    R"help(With all that people granted it: its tokens are refused everywhere from then on. ID
is the client's id as `client list` shows it, or its client_id.

Examples:
  postern client delete 01977f6e-8c7a-7d31-b0a5-3d1a6ff0e9c1
  postern client delete https://app.example.org/oauth-client.json)help";

inline constexpr const char* kMailTest =
    R"help(Sends a short letter at once, as the settings under [mail] say, and tells what the
mail server answered. Other letters wait in the database for `postern serve`.

Examples:
  postern mail test alice@example.org)help";

inline constexpr const char* kVersion = R"help(Examples:
  postern version
  postern version --json)help";

}  // namespace postern::cli::help
