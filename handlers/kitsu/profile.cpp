#include "handlers/kitsu/profile.hpp"

#include <map>
#include <stdexcept>

#include "handlers/json_body.hpp"
#include "handlers/kitsu/profile_fields.hpp"

namespace postern::handlers::kitsu {
namespace {

constexpr const char* kData = "data";
constexpr const char* kExpirationDate = "expiration_date";
constexpr const char* kChangedAt = "changed_at";

[[noreturn]] void not_readable() {
  throw std::runtime_error("stored profile is not readable");
}

Json::Value parse_stored(std::string_view text) {
  auto parsed = parse_json(text);
  if (!parsed.value) not_readable();
  return *std::move(parsed.value);
}

/// Read once: lists ask for them by the thousand.
std::map<std::string_view, Json::Value> read_fallbacks() {
  std::map<std::string_view, Json::Value> fallbacks;
  for (const auto& field : profile_fields())
    fallbacks.emplace(field.name, parse_stored(field.fallback));
  return fallbacks;
}

Json::Value fallback_of(std::string_view name) {
  static const auto kFallbacks = read_fallbacks();
  const auto found = kFallbacks.find(name);
  return found == kFallbacks.end() ? Json::Value() : found->second;
}

/// An object is kept as text: the store would write out its numbers (1e300 has 301 digits there).
Json::Value as_kept(const std::string& name, const Json::Value& value) {
  return name == kData && value.isObject() ? Json::Value(write_json(value)) : value;
}

}  // namespace

Json::Value Profile::get(std::string_view field) const {
  const auto* value = kept_.find(field.data(), field.data() + field.size());
  if (value == nullptr) return fallback_of(field);
  return field == kData && value->isString() ? parse_stored(value->asString()) : *value;
}

Json::Value Profile::expiration_date() const {
  return kept_[kExpirationDate];
}

std::optional<domain::Instant> Profile::changed_at() const {
  const auto& seconds = kept_[kChangedAt];
  if (!seconds.isInt64()) return std::nullopt;
  return domain::from_unix_seconds(seconds.asInt64());
}

Profile parse_profile(std::string_view stored) {
  if (stored.empty()) return {};
  auto kept = parse_stored(stored);
  if (!kept.isObject()) not_readable();
  return Profile(std::move(kept));
}

Profile load_profile(Services& services, domain::AccountId account) {
  return parse_profile(domain::read_profile(services.domain, account, kDialect));
}

domain::Outcome change_profile(Services& services, domain::AccountId account,
                               const ProfileWish& wish) {
  const auto now = domain::unix_seconds(services.domain.clock.now());
  return domain::change_profile(services.domain, account, kDialect,
                                [&](const std::string& present) -> domain::Result<std::string> {
                                  auto kept = present.empty() ? Json::Value(Json::objectValue)
                                                              : parse_stored(present);
                                  if (!kept.isObject()) not_readable();
                                  for (const auto& name : wish.fields.getMemberNames())
                                    kept[name] = as_kept(name, wish.fields[name]);
                                  if (wish.expiration_date)
                                    kept[kExpirationDate] = *wish.expiration_date;
                                  kept[kChangedAt] = static_cast<Json::Int64>(now);
                                  return write_json(kept);
                                });
}

}  // namespace postern::handlers::kitsu
