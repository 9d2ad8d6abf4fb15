#include "handlers/sso/json_member.hpp"

#include "handlers/json_body.hpp"

namespace postern::handlers::sso {
namespace {

constexpr unsigned kMostTexts = 100;
constexpr double kLatest = 253402300799.0;  // the end of the year 9999

const Json::Value* find(const Json::Value& object, std::string_view name) {
  return object.isObject() ? object.find(name.data(), name.data() + name.size()) : nullptr;
}

}  // namespace

std::optional<std::string> text_member(const Json::Value& object, std::string_view name) {
  const auto* member = find(object, name);
  if (member == nullptr || !member->isString()) return std::nullopt;
  return member->asString();
}

std::optional<long long> time_member(const Json::Value& object, std::string_view name) {
  const auto* member = find(object, name);
  if (member == nullptr || !member->isNumeric()) return std::nullopt;
  const double seconds = member->asDouble();
  if (!(seconds >= 0) || seconds > kLatest) return std::nullopt;
  return static_cast<long long>(seconds);
}

std::optional<bool> boolean_member(const Json::Value& object, std::string_view name) {
  const auto* member = find(object, name);
  if (member == nullptr || !member->isBool()) return std::nullopt;
  return member->asBool();
}

std::optional<std::vector<std::string>> texts_member(const Json::Value& object,
                                                     std::string_view name) {
  const auto* member = find(object, name);
  if (member == nullptr) return std::nullopt;
  if (member->isString()) return std::vector{member->asString()};
  if (!member->isArray() || member->size() > kMostTexts) return std::nullopt;
  std::vector<std::string> texts;
  for (const auto& item : *member) {
    if (!item.isString()) return std::nullopt;
    texts.push_back(item.asString());
  }
  return texts;
}

std::optional<Json::Value> parse_object(std::string_view text) {
  auto parsed = parse_json(text);
  if (!parsed.value || !parsed.value->isObject()) return std::nullopt;
  return std::move(parsed.value);
}

}  // namespace postern::handlers::sso
