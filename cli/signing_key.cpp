#include <json/value.h>

#include <set>

#include "cli/commands.hpp"
#include "cli/domain_host.hpp"
#include "cli/output.hpp"
#include "cli/refusal.hpp"
#include "domain/signing_key_rotation.hpp"
#include "domain/text.hpp"

namespace postern::cli {
namespace {

using domain::Instant;
using domain::SigningKeyInfo;

/// Newest first: the first of each algorithm that may sign does.
std::vector<std::string> states_of(const std::vector<SigningKeyInfo>& keys, Instant now) {
  std::vector<std::string> states;
  std::set<domain::SigningAlgorithm> signed_by;
  for (const auto& key : keys) {
    if (key.verify_until && *key.verify_until <= now) {
      states.emplace_back("ended");
    } else if (key.sign_after > now) {
      states.emplace_back("next");
    } else {
      states.emplace_back(signed_by.insert(key.algorithm).second ? "signing" : "verifying");
    }
  }
  return states;
}

Json::Value json_of(const SigningKeyInfo& key, const std::string& state) {
  Json::Value json;
  json["kid"] = key.kid;
  json["alg"] = std::string(domain::name_of(key.algorithm));
  json["state"] = state;
  json["created_at"] = domain::rfc3339(key.created_at);
  json["sign_after"] = domain::rfc3339(key.sign_after);
  json["verify_until"] =
      key.verify_until ? Json::Value(domain::rfc3339(*key.verify_until)) : Json::Value();
  return json;
}

std::string described(const std::string& kid, domain::SigningAlgorithm algorithm) {
  return "The signing key " + kid + " (" + std::string(domain::name_of(algorithm)) + ") ";
}

void replace_now(CommandHost& host, domain::SigningAlgorithm algorithm) {
  const auto replaced =
      domain::replace_signing_keys(host.services(), CommandHost::origin(), algorithm);
  host.settle();
  auto text = described(replaced.made, algorithm) + "signs from now on.\n";
  for (const auto& kid : replaced.retired) {
    text += described(kid, algorithm) + "has ended: all that it signed is refused everywhere.\n";
  }
  print(text);
}

/// False where the next one is published already.
bool publish_next(CommandHost& host, domain::SigningAlgorithm algorithm) {
  auto made = domain::publish_next_signing_key(host.services(), CommandHost::origin(), algorithm);
  if (!made.ok() && made.error().code == domain::Errc::InUse) return false;
  const auto key = expect(std::move(made), "signing key");
  print(described(key.kid, algorithm) + "is published, and signs from " +
        domain::rfc3339(key.sign_after) + " on.\n");
  return true;
}

void publish_all(CommandHost& host) {
  bool any = false;
  for (const auto algorithm : domain::kSigningAlgorithms) any |= publish_next(host, algorithm);
  if (any) return;
  throw CommandError(kRefused,
                     "the next signing keys are published already and do not sign yet; "
                     "`postern signing-key list` says when");
}

}  // namespace

int signing_key_list(const ConfigFiles& files, bool json_wanted) {
  const auto loaded = load_config(files);
  CommandHost host(loaded.config);
  const auto keys = domain::list_signing_keys(host.services());
  const auto states = states_of(keys, host.services().clock.now());
  Json::Value json(Json::arrayValue);
  Table table({"KID", "ALGORITHM", "STATE", "MADE", "SIGNS FROM", "VERIFIES UNTIL"});
  for (std::size_t i = 0; i < keys.size(); ++i) {
    json.append(json_of(keys[i], states[i]));
    table.add({keys[i].kid, std::string(domain::name_of(keys[i].algorithm)), states[i],
               domain::rfc3339(keys[i].created_at), domain::rfc3339(keys[i].sign_after),
               keys[i].verify_until ? domain::rfc3339(*keys[i].verify_until) : "-"});
  }
  if (json_wanted) {
    print_json(json);
  } else {
    print(table.text());
  }
  return kOk;
}

int signing_key_rotate(const ConfigFiles& files, bool emergency) {
  const auto loaded = load_config(files);
  CommandHost host(loaded.config);
  if (emergency) {
    for (const auto algorithm : domain::kSigningAlgorithms) replace_now(host, algorithm);
  } else {
    publish_all(host);
  }
  return kOk;
}

}  // namespace postern::cli
