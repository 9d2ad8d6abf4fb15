#include "handlers/dispatcharr/profile.hpp"

#include <optional>
#include <stdexcept>

#include "handlers/json_body.hpp"

namespace postern::handlers::dispatcharr {
namespace {

using domain::Errc;
using domain::Error;

template <class T>
void take(const std::optional<T>& wanted, T& member) {
  if (wanted) member = *wanted;
}

void merge_over(Json::Value& properties, const Json::Value& changes) {
  for (const auto& name : changes.getMemberNames()) {
    if (changes[name].isNull()) {
      properties.removeMember(name);
    } else {
      properties[name] = changes[name];
    }
  }
}

void apply(const ProfileWish& wish, Profile& profile) {
  take(wish.first_name, profile.first_name);
  take(wish.last_name, profile.last_name);
  take(wish.channel_profiles, profile.channel_profiles);
  take(wish.avatar_config, profile.avatar_config);
  take(wish.stream_limit, profile.stream_limit);
  if (wish.merge && wish.custom_properties) {
    merge_over(profile.custom_properties, *wish.custom_properties);
  } else {
    take(wish.custom_properties, profile.custom_properties);
  }
}

Json::Value object_of(const Json::Value& value) {
  if (value.isNull()) return Json::Value(Json::objectValue);
  if (!value.isObject()) throw std::runtime_error("stored profile is not readable");
  return value;
}

}  // namespace

bool ProfileWish::empty() const {
  return !first_name && !last_name && !channel_profiles && !custom_properties && !avatar_config &&
         !stream_limit;
}

Profile parse_profile(std::string_view stored) {
  Profile profile;
  if (stored.empty()) return profile;
  const auto parsed = parse_json(stored);
  if (!parsed.value || !parsed.value->isObject())
    throw std::runtime_error("stored profile is not readable");
  const auto& json = std::as_const(*parsed.value);
  profile.first_name = json["first_name"].asString();
  profile.last_name = json["last_name"].asString();
  for (const auto& id : json["channel_profiles"]) profile.channel_profiles.push_back(id.asInt64());
  profile.custom_properties = object_of(json["custom_properties"]);
  profile.avatar_config = object_of(json["avatar_config"]);
  profile.stream_limit = json["stream_limit"].asInt64();
  return profile;
}

std::string write_profile_text(const Profile& profile) {
  Json::Value json(Json::objectValue);
  json["first_name"] = profile.first_name;
  json["last_name"] = profile.last_name;
  json["channel_profiles"] = Json::Value(Json::arrayValue);
  for (const auto id : profile.channel_profiles)
    json["channel_profiles"].append(Json::Value(static_cast<Json::Int64>(id)));
  json["custom_properties"] = profile.custom_properties;
  json["avatar_config"] = profile.avatar_config;
  json["stream_limit"] = static_cast<Json::Int64>(profile.stream_limit);
  return write_json(json);
}

Profile load_profile(Services& services, domain::AccountId account) {
  return parse_profile(domain::read_profile(services.domain, account, kDialect));
}

domain::Outcome change_profile(Services& services, domain::AccountId account,
                               const ProfileWish& wish) {
  const auto outcome =
      domain::change_profile(services.domain, account, kDialect,
                             [&](const std::string& present) -> domain::Result<std::string> {
                               auto profile = parse_profile(present);
                               apply(wish, profile);
                               return write_profile_text(profile);
                             });
  if (!outcome && outcome.error().code == Errc::InvalidInput)
    return Error{Errc::InvalidInput, "custom_properties", "too_long"};
  return outcome;
}

}  // namespace postern::handlers::dispatcharr
