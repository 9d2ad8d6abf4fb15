#pragma once

#include <chrono>
#include <filesystem>
#include <string>

#include "cli/mail/mail_transport.hpp"
#include "domain/settings.hpp"
#include "fcgi/settings.hpp"
#include "handlers/services.hpp"

namespace postern::cli {

struct DatabaseSettings {
  std::string url;        ///< the workers' role
  std::string owner_url;  ///< the role that owns the schema; for `postern migrate` alone
  std::chrono::milliseconds connect_timeout{3000};
  std::chrono::milliseconds statement_timeout{5000};
};

/// Everything that postern.toml can say, checked. Immutable once loaded.
struct Config {
  fcgi::ServerSettings server;
  fcgi::LogSettings log;
  domain::Settings domain;
  handlers::Settings handlers;
  DatabaseSettings database;
  MailTransport mail;
  std::filesystem::path master_key_file;
};

}  // namespace postern::cli
