#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cli/config_file.hpp"
#include "cli/password_input.hpp"

namespace postern::cli {

/// The commands: each takes what was typed, prints what it did, and answers an ExitCode. They throw
/// CommandError, ConfigError, OutputError, and what the database throws; command_line.cpp turns all
/// of that into one line and an exit status.

int serve(const ConfigFiles& files);

int migrate(const ConfigFiles& files, bool json);

struct InitOptions {
  std::optional<std::string> admin;        ///< username of the first administrator
  std::optional<std::string> admin_email;  ///< given with admin
  std::filesystem::path credentials_file;  ///< given with admin
};
/// Idempotent, also when two run at once.
int init(const ConfigFiles& files, const InitOptions& options);

struct DoctorOptions {
  std::string web_user;  ///< "" looks for the usual ones
  bool json = false;
};
int doctor(const ConfigFiles& files, const DoctorOptions& options);

int config_check(const ConfigFiles& files);
int config_show(const ConfigFiles& files, bool json);

struct AccountAddOptions {
  std::string username;
  std::optional<std::string> email;
  std::string role = "member";
  bool bot = false;  ///< no password
  PasswordSource source = PasswordSource::Terminal;
};
int account_add(const ConfigFiles& files, const AccountAddOptions& options);

struct AccountListOptions {
  std::string status;  ///< pending, active, disabled; "" for all
  std::string query;   ///< part of a username or e-mail address; "" for all
  bool json = false;
};
int account_list(const ConfigFiles& files, const AccountListOptions& options);

/// `who` is a username, an e-mail address or an account's id.
int account_disable(const ConfigFiles& files, const std::string& who);
int account_enable(const ConfigFiles& files, const std::string& who);
int account_approve(const ConfigFiles& files, const std::string& who);
int account_role(const ConfigFiles& files, const std::string& who, const std::string& role);
int account_mfa_reset(const ConfigFiles& files, const std::string& who);
int account_password(const ConfigFiles& files, const std::string& who, PasswordSource source);

int key_list(const ConfigFiles& files, const std::string& who, bool json);
int key_revoke(const ConfigFiles& files, const std::string& id);

int signing_key_list(const ConfigFiles& files, bool json);
/// Makes the next key; in an emergency one that signs now, and ends all others.
int signing_key_rotate(const ConfigFiles& files, bool emergency);

struct RoleSetOptions {
  std::string name;
  std::vector<std::string> permissions;  ///< these and no others
  std::optional<std::string> description;
};
int role_list(const ConfigFiles& files, bool json);
int role_show(const ConfigFiles& files, const std::string& name, bool json);
int role_set(const ConfigFiles& files, const RoleSetOptions& options);
int role_delete(const ConfigFiles& files, const std::string& name);

struct InviteCreateOptions {
  std::string role = "member";
  std::int64_t uses = 1;
  int days = 7;
  std::optional<std::string> email;  ///< sent there
};
int invite_create(const ConfigFiles& files, const InviteCreateOptions& options);
int invite_list(const ConfigFiles& files, bool json);
int invite_revoke(const ConfigFiles& files, const std::string& id);

struct ClientCreateOptions {
  std::string name;
  std::string auth = "basic";  ///< none, basic, post, private_key_jwt
  std::vector<std::string> grant_types{"code", "refresh"};
  std::vector<std::string> redirect_uris;
  std::vector<std::string> scopes;     ///< at most these; none: all
  std::optional<std::string> account;  ///< whom it acts for
  std::filesystem::path jwks;          ///< its public keys, for private_key_jwt
  std::vector<std::string> post_logout_redirect_uris;
  std::string logout_uri;  ///< where it is told that somebody signed out
  std::string id_token_alg = "RS256";
};
int client_create(const ConfigFiles& files, const ClientCreateOptions& options);
int client_list(const ConfigFiles& files, bool json);
/// `which` is its id, or its client_id.
int client_delete(const ConfigFiles& files, const std::string& which);

/// Sends a letter now, past the queue, that says that it arrived.
int mail_test(const ConfigFiles& files, const std::string& address);

int version(bool json);

}  // namespace postern::cli
