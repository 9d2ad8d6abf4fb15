#include "handlers/kitsu/reader.hpp"

#include <charconv>

#include "domain/text.hpp"
#include "fcgi/uri.hpp"
#include "handlers/json_body.hpp"
#include "handlers/kitsu/errors.hpp"

namespace postern::handlers::kitsu {
namespace {

/// As Python, JavaScript and HTML forms write them.
std::optional<bool> as_boolean(const Json::Value& value) {
  if (value.isBool()) return value.asBool();
  if (value.isInt64() && (value.asInt64() == 0 || value.asInt64() == 1))
    return value.asInt64() == 1;
  if (!value.isString()) return std::nullopt;
  const auto word = domain::fold(value.asString());
  if (word == "true" || word == "1" || word == "on") return true;
  if (word == "false" || word == "0" || word == "off") return false;
  return std::nullopt;
}

std::optional<std::int64_t> as_number(const Json::Value& value) {
  if (value.isInt64()) return value.asInt64();
  if (!value.isString()) return std::nullopt;
  const auto text = value.asString();
  std::int64_t number = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, fault] = std::from_chars(text.data(), end, number);
  if (fault != std::errc() || stop != end || text.empty()) return std::nullopt;
  return number;
}

}  // namespace

Reader::Reader(const Request& request) {
  if (request.body.empty()) {
    read_fields(request.uri ? request.uri->query : std::string());
  } else if (request.content_type == "application/x-www-form-urlencoded") {
    read_fields(request.body);
  } else {
    read_json(request);
  }
}

Reader Reader::query(const Request& request) {
  Reader reader;
  reader.read_fields(request.uri ? request.uri->query : std::string());
  return reader;
}

/// Whatever else its media type says: the framework reads JSON by force, too.
void Reader::read_json(const Request& request) {
  auto parsed = parse_json(request.body);
  if (!parsed.value || !parsed.value->isObject()) {
    refusal_ = failure(Request{}, 400);
    return;
  }
  values_ = *std::move(parsed.value);
}

void Reader::read_fields(std::string_view text) {
  const auto fields = fcgi::parse_form(text);
  if (!fields) {
    refusal_ = failure(Request{}, 400);
    return;
  }
  for (const auto& [name, value] : *fields) {
    if (values_.isMember(name)) {
      refuse(name, "Is given twice.");
      return;
    }
    values_[name] = value;
  }
}

void Reader::refuse(std::string_view field, std::string_view message) {
  if (!refusal_) refusal_ = validation_error(field, message);
}

const Json::Value* Reader::find(std::string_view name) const {
  const auto* value = values_.find(name.data(), name.data() + name.size());
  return value == nullptr || value->isNull() ? nullptr : value;
}

bool Reader::has(std::string_view name) const {
  return values_.find(name.data(), name.data() + name.size()) != nullptr;
}

bool Reader::is_null(std::string_view name) const {
  return has(name) && find(name) == nullptr;
}

std::vector<std::string> Reader::names() const {
  return values_.getMemberNames();
}

std::string Reader::required_text(std::string_view name) {
  auto value = text(name);
  if (!value || value->empty()) refuse(name, "Field required");
  return std::move(value).value_or("");
}

std::optional<std::string> Reader::text(std::string_view name) {
  const auto* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (value->isString()) return value->asString();
  refuse(name, "Input should be a valid string");
  return std::nullopt;
}

domain::Secret Reader::secret(std::string_view name) {
  return domain::Secret(text(name).value_or(""));
}

std::optional<bool> Reader::boolean(std::string_view name) {
  const auto* value = find(name);
  if (value == nullptr) return std::nullopt;
  const auto word = as_boolean(*value);
  if (!word) refuse(name, "Input should be a valid boolean");
  return word;
}

std::optional<std::int64_t> Reader::number(std::string_view name) {
  const auto* value = find(name);
  if (value == nullptr) return std::nullopt;
  const auto number = as_number(*value);
  if (!number) refuse(name, "Input should be a valid integer");
  return number;
}

std::optional<std::vector<std::string>> Reader::texts(std::string_view name) {
  const auto* value = find(name);
  if (value == nullptr) return std::nullopt;
  std::vector<std::string> texts;
  bool sound = value->isArray();
  for (Json::ArrayIndex i = 0; sound && i < value->size(); ++i) {
    sound = (*value)[i].isString();
    if (sound) texts.push_back((*value)[i].asString());
  }
  if (!sound) refuse(name, "Input should be a list of strings");
  return sound ? std::optional(std::move(texts)) : std::nullopt;
}

Json::Value Reader::object(std::string_view name) {
  const auto* value = find(name);
  if (value == nullptr) return {};
  if (value->isObject()) return *value;
  refuse(name, "Input should be a valid dictionary");
  return {};
}

}  // namespace postern::handlers::kitsu
