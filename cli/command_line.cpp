#include "cli/command_line.hpp"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <functional>
#include <sstream>

#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/help_text.hpp"
#include "cli/output.hpp"
#include "domain/database.hpp"

namespace postern::cli {
namespace {

/// What was typed, and what is to be done with it. Lives while the command runs.
struct Typed {
  std::string config, who, role, key;
  bool json = false, password_stdin = false, random = false, none = false, emergency = false;
  InitOptions init;
  DoctorOptions doctor;
  AccountAddOptions add;
  AccountListOptions list;
  RoleSetOptions role_set;
  InviteCreateOptions invite;
  ClientCreateOptions client;
  std::function<int()> action;

  [[nodiscard]] ConfigFiles files() const { return config_files(config); }
  [[nodiscard]] PasswordSource source() const {
    if (password_stdin) return PasswordSource::Stdin;
    return random ? PasswordSource::Random : PasswordSource::Terminal;
  }
};

CLI::App* add_command(CLI::App& parent, Typed& typed, const std::string& name,
                      const std::string& description, const char* footer,
                      std::function<int()> action) {
  auto* command = parent.add_subcommand(name, description);
  command->footer(footer);
  command->fallthrough();
  command->callback([&typed, action = std::move(action)] { typed.action = action; });
  return command;
}

void add_json(CLI::App* command, Typed& typed) {
  command->add_flag("--json", typed.json, "Print JSON");
}

void add_password_options(CLI::App* command, Typed& typed) {
  auto* from_stdin = command->add_flag("--password-stdin", typed.password_stdin,
                                       "Take the password from standard input, one line");
  auto* random =
      command->add_flag("--random", typed.random, "Make a random password and print it, this once");
  from_stdin->excludes(random);
}

void add_service_commands(CLI::App& app, Typed& t) {
  add_command(app, t, "serve", "Run the service", help::kServe, [&t] { return serve(t.files()); });

  auto* migrating =
      add_command(app, t, "migrate", "Bring the database's schema to this program's version",
                  help::kMigrate, [&t] { return migrate(t.files(), t.json); });
  add_json(migrating, t);

  auto* making = add_command(app, t, "init", "Make the keys, and the first administrator",
                             help::kInit, [&t] { return init(t.files(), t.init); });
  auto* admin = making->add_option("--admin", t.init.admin, "Username of the first administrator");
  auto* email = making->add_option("--admin-email", t.init.admin_email, "E-mail address");
  auto* file = making->add_option("--credentials-file", t.init.credentials_file,
                                  "Where to write the password; must not exist yet");
  admin->needs(email)->needs(file)->type_name("NAME");
  email->needs(admin)->type_name("ADDRESS");
  file->needs(admin)->type_name("FILE");

  auto* examining =
      add_command(app, t, "doctor", "Find what is wrong with an installation", help::kDoctor, [&t] {
        t.doctor.json = t.json;
        return doctor(t.files(), t.doctor);
      });
  examining->add_option("--web-user", t.doctor.web_user, "User that the web server runs as")
      ->type_name("NAME");
  add_json(examining, t);

  auto* telling = add_command(app, t, "version", "Print the version", help::kVersion,
                              [&t] { return version(t.json); });
  add_json(telling, t);
}

void add_config_commands(CLI::App& app, Typed& t) {
  auto* group = app.add_subcommand("config", "Check or show the configuration");
  group->require_subcommand(1)->fallthrough();
  add_command(*group, t, "check", "Say whether the configuration is good, or all that is wrong",
              help::kConfigCheck, [&t] { return config_check(t.files()); });
  auto* show = add_command(*group, t, "show", "Show every value in effect, secrets masked",
                           help::kConfigShow, [&t] { return config_show(t.files(), t.json); });
  add_json(show, t);
}

void add_account(CLI::App& group, Typed& t) {
  auto* add = add_command(group, t, "add", "Make an account", help::kAccountAdd, [&t] {
    t.add.source = t.source();
    return account_add(t.files(), t.add);
  });
  add->add_option("USERNAME", t.add.username, "1-150 of A-Z a-z 0-9 . _ @ + -")
      ->required()
      ->type_name("");
  add->add_option("--email", t.add.email, "E-mail address")->type_name("ADDRESS");
  add->add_option("--role", t.add.role, "Its role")->capture_default_str()->type_name("ROLE");
  add_password_options(add, t);
  add->add_flag("--bot", t.add.bot, "A bot: no password, API keys only")
      ->excludes(add->get_option("--random"))
      ->excludes(add->get_option("--password-stdin"));

  auto* list = add_command(group, t, "list", "List accounts", help::kAccountList, [&t] {
    t.list.json = t.json;
    return account_list(t.files(), t.list);
  });
  list->add_option("--status", t.list.status, "pending, active or disabled")
      ->check(CLI::IsMember({"pending", "active", "disabled"}))
      ->type_name("STATUS");
  list->add_option("--query", t.list.query, "Part of the username or e-mail address")
      ->type_name("TEXT");
  add_json(list, t);
}

void add_who(CLI::App* command, Typed& t) {
  command->add_option("ACCOUNT", t.who, "Username, e-mail address or id")
      ->required()
      ->type_name("");
}

void add_account_commands(CLI::App& app, Typed& t) {
  auto* group = app.add_subcommand("account", "Make, list and change accounts");
  group->require_subcommand(1)->fallthrough();
  add_account(*group, t);
  add_who(add_command(*group, t, "disable", "Shut an account out", help::kAccountDisable,
                      [&t] { return account_disable(t.files(), t.who); }),
          t);
  add_who(add_command(*group, t, "enable", "Let a disabled account in again", help::kAccountEnable,
                      [&t] { return account_enable(t.files(), t.who); }),
          t);
  add_who(add_command(*group, t, "approve", "Approve an account that waits for it",
                      help::kAccountApprove, [&t] { return account_approve(t.files(), t.who); }),
          t);
  add_who(add_command(*group, t, "mfa-reset", "Take a lost second factor off an account",
                      help::kAccountMfaReset, [&t] { return account_mfa_reset(t.files(), t.who); }),
          t);
  auto* password =
      add_command(*group, t, "password", "Set an account's password", help::kAccountPassword,
                  [&t] { return account_password(t.files(), t.who, t.source()); });
  add_who(password, t);
  add_password_options(password, t);
  auto* role = add_command(*group, t, "role", "Give an account another role", help::kAccountRole,
                           [&t] { return account_role(t.files(), t.who, t.role); });
  add_who(role, t);
  role->add_option("ROLE", t.role, "Name of a role")->required()->type_name("");
}

void add_key_commands(CLI::App& app, Typed& t) {
  auto* group = app.add_subcommand("key", "List and revoke API keys");
  group->require_subcommand(1)->fallthrough();
  auto* list = add_command(*group, t, "list", "List API keys", help::kKeyList,
                           [&t] { return key_list(t.files(), t.who, t.json); });
  list->add_option("--account", t.who, "Only those of this account")->type_name("ACCOUNT");
  add_json(list, t);
  auto* revoke = add_command(*group, t, "revoke", "Revoke an API key", help::kKeyRevoke,
                             [&t] { return key_revoke(t.files(), t.key); });
  revoke->add_option("ID", t.key, "The key's id")->required()->type_name("");
}

void add_signing_key_commands(CLI::App& app, Typed& t) {
  auto* group = app.add_subcommand("signing-key", "List and change the keys that sign tokens");
  group->require_subcommand(1)->fallthrough();
  add_json(add_command(*group, t, "list", "List the signing keys", help::kSigningKeyList,
                       [&t] { return signing_key_list(t.files(), t.json); }),
           t);
  auto* rotate =
      add_command(*group, t, "rotate", "Make the next signing key", help::kSigningKeyRotate,
                  [&t] { return signing_key_rotate(t.files(), t.emergency); });
  rotate->add_flag("--emergency", t.emergency, "Sign with it now, and end all others");
}

void add_role_commands(CLI::App& app, Typed& t) {
  auto* group = app.add_subcommand("role", "List, shape and delete roles");
  group->require_subcommand(1)->fallthrough();
  add_json(add_command(*group, t, "list", "List roles", help::kRoleList,
                       [&t] { return role_list(t.files(), t.json); }),
           t);
  auto* show = add_command(*group, t, "show", "Show one role", help::kRoleShow,
                           [&t] { return role_show(t.files(), t.role, t.json); });
  add_json(show, t);
  auto* set = add_command(*group, t, "set", "Make a role, or say what it permits", help::kRoleSet,
                          [&t] { return role_set(t.files(), t.role_set); });
  set->add_option("NAME", t.role_set.name, "Its name")->required()->type_name("");
  auto* what = set->add_option_group("What it permits");
  auto* permission =
      what->add_option("--permission", t.role_set.permissions, "This, and no others");
  permission->type_name("NAME")->expected(1)->take_all();
  what->add_flag("--none", t.none, "Nothing at all")->excludes(permission);
  what->require_option(1);
  set->add_option("--description", t.role_set.description, "One line")->type_name("TEXT");
  auto* remove = add_command(*group, t, "delete", "Delete a role that nobody has",
                             help::kRoleDelete, [&t] { return role_delete(t.files(), t.role); });
  for (auto* command : {show, remove})
    command->add_option("NAME", t.role, "Its name")->required()->type_name("");
}

void add_invite_commands(CLI::App& app, Typed& t) {
  auto* group = app.add_subcommand("invite", "Make, list and take back invitations to register");
  group->require_subcommand(1)->fallthrough();
  auto* create = add_command(*group, t, "create", "Make an invitation", help::kInviteCreate,
                             [&t] { return invite_create(t.files(), t.invite); });
  create->add_option("--role", t.invite.role, "Of who registers with it")
      ->capture_default_str()
      ->type_name("ROLE");
  create->add_option("--uses", t.invite.uses, "How many may register with it, 1 to 10000")
      ->capture_default_str()
      ->type_name("N");
  create->add_option("--days", t.invite.days, "For how long it is good, 1 to 365")
      ->capture_default_str()
      ->type_name("N");
  create->add_option("--email", t.invite.email, "Send it there")->type_name("ADDRESS");
  add_json(add_command(*group, t, "list", "List invitations", help::kInviteList,
                       [&t] { return invite_list(t.files(), t.json); }),
           t);
  auto* revoke = add_command(*group, t, "revoke", "Take an invitation back", help::kInviteRevoke,
                             [&t] { return invite_revoke(t.files(), t.key); });
  revoke->add_option("ID", t.key, "The invitation's id")->required()->type_name("");
}

void add_client_create(CLI::App& group, Typed& t) {
  auto* create = add_command(group, t, "create", "Make a client", help::kClientCreate,
                             [&t] { return client_create(t.files(), t.client); });
  const auto add = [&](const char* name, auto& value, const char* what, const char* type) {
    return create->add_option(name, value, what)->type_name(type);
  };
  const auto add_many = [&](const char* name, auto& value, const char* what, const char* type) {
    add(name, value, what, type)->expected(1)->take_all();
  };
  ClientCreateOptions& wanted = t.client;
  add("--name", wanted.name, "What people are shown", "TEXT")->required();
  add_many("--redirect-uri", wanted.redirect_uris, "Where answers may go", "URI");
  add_many("--grant", wanted.grant_types, "code, refresh, device or client", "TYPE");
  add("--auth", wanted.auth, "none, basic, post or private_key_jwt", "METHOD")
      ->capture_default_str();
  add("--jwks", wanted.jwks, "Its public keys (RFC 7517)", "FILE");
  add("--account", wanted.account, "Whom it acts for, with --grant client", "ACCOUNT");
  add_many("--scope", wanted.scopes, "At most this; all without", "NAME");
  add_many("--post-logout-redirect-uri", wanted.post_logout_redirect_uris,
           "Where a browser may go on after signing out", "URI");
  add("--logout-uri", wanted.logout_uri, "Where it is told that somebody signed out", "URI");
  add("--id-token-alg", wanted.id_token_alg, "What signs its ID tokens: RS256 or ES256", "NAME")
      ->capture_default_str();
}

void add_client_commands(CLI::App& app, Typed& t) {
  auto* group = app.add_subcommand("client", "Make, list and delete OAuth clients");
  group->require_subcommand(1)->fallthrough();
  add_client_create(*group, t);
  add_json(add_command(*group, t, "list", "List clients", help::kClientList,
                       [&t] { return client_list(t.files(), t.json); }),
           t);
  auto* remove = add_command(*group, t, "delete", "Delete a client with all it was granted",
                             help::kClientDelete, [&t] { return client_delete(t.files(), t.key); });
  remove->add_option("ID", t.key, "Its id or client_id")->required()->type_name("");
}

void add_mail_commands(CLI::App& app, Typed& t) {
  auto* group = app.add_subcommand("mail", "Try whether mail can be sent");
  group->require_subcommand(1)->fallthrough();
  auto* test = add_command(*group, t, "test", "Send a test letter", help::kMailTest,
                           [&t] { return mail_test(t.files(), t.who); });
  test->add_option("ADDRESS", t.who, "Where to")->required()->type_name("");
}

void describe_program(CLI::App& app, Typed& t) {
  app.name("postern");
  app.footer(help::kPostern);
  app.require_subcommand(1);
  app.add_option("--config", t.config, "The configuration file")->type_name("FILE");
  add_service_commands(app, t);
  add_config_commands(app, t);
  add_account_commands(app, t);
  add_key_commands(app, t);
  add_signing_key_commands(app, t);
  add_role_commands(app, t);
  add_invite_commands(app, t);
  add_client_commands(app, t);
  add_mail_commands(app, t);
}

int parse_and_act(int argc, char** argv) {
  CLI::App app("Postern: accounts, sessions, API keys and a gate for ordinary web servers");
  Typed typed;
  describe_program(app, typed);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::ostringstream out, err;
    if (app.exit(error, out, err) == 0) {
      print(out.str());
      return kOk;
    }
    throw CommandError(kUsage, std::string(error.what()) + " (see `postern --help`)");
  }
  return typed.action();
}

/// A descriptor that was closed by whoever started us would be given to the next file or connection
/// that is opened, and our answer would be written into it.
void occupy_standard_descriptors() {
  for (const int wanted : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(wanted, F_GETFD) != -1) continue;
    // For output, one that cannot be written: the command then says that its answer was lost.
    if (::open("/dev/null", wanted == STDIN_FILENO ? O_WRONLY : O_RDONLY) != wanted) return;
  }
}

}  // namespace

int run(int argc, char** argv) {
  occupy_standard_descriptors();
  ::signal(SIGPIPE, SIG_IGN);
  try {
    return parse_and_act(argc, argv);
  } catch (const CommandError& error) {
    complain(error.what());
    return error.code();
  } catch (const ConfigError& error) {
    for (const auto& problem : error.problems()) complain(printable(problem.text()));
    return kConfiguration;
  } catch (const OutputError& error) {
    if (!error.broken_pipe()) complain(error.what());
    return kRefused;
  } catch (const domain::DatabaseUnavailable& error) {
    complain(std::string("the database is not available: ") + error.what());
    return kDatabase;
  } catch (const domain::DatabaseError& error) {
    complain(std::string("the database refused: ") + error.what() + "; see `postern doctor`");
    return kRefused;
  } catch (const std::exception& error) {
    complain(std::string("failed: ") + error.what());
    return kRefused;
  }
}

}  // namespace postern::cli
