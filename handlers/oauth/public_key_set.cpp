#include "handlers/oauth/public_key_set.hpp"

#include <algorithm>

#include "handlers/oauth/public_key.hpp"

namespace postern::handlers::oauth {
namespace {

constexpr Json::ArrayIndex kMostKeys = 20;

bool is_public_key(const Json::Value& key) {
  return key.isObject() && key["kty"].isString() && !has_private_parts(key);
}

}  // namespace

bool is_public_key_set(const Json::Value& set) {
  if (!set.isObject() || !set["keys"].isArray()) return false;
  const Json::Value& keys = set["keys"];
  return !keys.empty() && keys.size() <= kMostKeys &&
         std::all_of(keys.begin(), keys.end(), is_public_key);
}

}  // namespace postern::handlers::oauth
