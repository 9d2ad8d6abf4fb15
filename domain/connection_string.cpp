#include "domain/connection_string.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <map>
#include <memory>

#include "domain/database.hpp"

namespace postern::domain {
namespace {

using Settings = std::map<std::string, std::string>;

struct FreeConninfo {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};

Settings parse(const std::string& url) {
  char* message = nullptr;
  const std::unique_ptr<PQconninfoOption, FreeConninfo> options(
      PQconninfoParse(url.c_str(), &message));
  PQfreemem(message);  // never shown: it quotes the url, password included
  if (!options || url.find('\0') != std::string::npos)
    throw DatabaseError("the database url cannot be parsed");
  Settings settings;
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->val != nullptr) settings[option->keyword] = option->val;
  }
  return settings;
}

std::string quoted(const std::string& value) {
  std::string text = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') text.push_back('\\');
    text.push_back(c);
  }
  return text + '\'';
}

std::string server_options(const ConnectionLimits& limits) {
  const auto millis = [](std::chrono::milliseconds value) { return std::to_string(value.count()); };
  return " -c statement_timeout=" + millis(limits.statement_timeout) +
         " -c lock_timeout=" + millis(limits.lock_timeout) +
         " -c idle_in_transaction_session_timeout=" + millis(2 * limits.statement_timeout) +
         " -c TimeZone=UTC -c DateStyle=ISO -c bytea_output=hex -c search_path=pg_catalog"
         " -c default_transaction_isolation=read\\ committed -c jit=off" +
         (limits.plan_once ? " -c plan_cache_mode=force_generic_plan" : "");
}

}  // namespace

std::string connection_string(const std::string& url, const ConnectionLimits& limits) {
  Settings settings = parse(url);
  const auto timeout = std::chrono::ceil<std::chrono::seconds>(limits.connect_timeout).count();
  settings["connect_timeout"] = std::to_string(std::max<long long>(2, timeout));
  settings["application_name"] = limits.application_name;
  settings["client_encoding"] = "UTF8";
  settings["options"] += server_options(limits);
  // A peer that is gone without a word must not hold a worker: about 15 s, unless told otherwise.
  settings.try_emplace("keepalives_idle", "5");
  settings.try_emplace("keepalives_interval", "5");
  settings.try_emplace("keepalives_count", "2");
  settings.try_emplace("tcp_user_timeout", "15000");
  // Of several hosts, the one that can be written to.
  const auto host = settings.find("host");
  if (host != settings.end() && host->second.find(',') != std::string::npos)
    settings.try_emplace("target_session_attrs", "read-write");
  std::string text;
  for (const auto& [name, value] : settings) text += name + "=" + quoted(value) + " ";
  return text;
}

}  // namespace postern::domain
