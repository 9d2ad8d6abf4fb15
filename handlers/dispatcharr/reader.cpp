#include "handlers/dispatcharr/reader.hpp"

#include <algorithm>
#include <charconv>

#include "domain/text.hpp"
#include "fcgi/trim.hpp"
#include "fcgi/uri.hpp"
#include "handlers/dispatcharr/errors.hpp"
#include "handlers/json_body.hpp"
#include "handlers/object_text.hpp"

namespace postern::handlers::dispatcharr {
namespace {

constexpr std::string_view kRequired = "This field is required.";
constexpr std::string_view kNull = "This field may not be null.";
constexpr std::string_view kBlank = "This field may not be blank.";
constexpr std::string_view kNotText = "Not a valid string.";
constexpr std::string_view kNotInteger = "A valid integer is required.";
constexpr std::string_view kNoNulls = "Null characters are not allowed.";

/// Python's name of a JSON value's type: the framework's messages speak of it.
std::string_view python_type(const Json::Value& value) {
  switch (value.type()) {
    case Json::nullValue:
      return "NoneType";
    case Json::intValue:
    case Json::uintValue:
      return "int";
    case Json::realValue:
      return "float";
    case Json::stringValue:
      return "str";
    case Json::booleanValue:
      return "bool";
    case Json::arrayValue:
      return "list";
    case Json::objectValue:
      return "dict";
  }
  return "object";
}

Body refused(Response response) {
  Body body;
  body.refusal = std::move(response);
  return body;
}

Body read_json(const Request& request) {
  auto parsed = parse_json(request.body);
  if (!parsed.value) return refused(detail(400, "JSON parse error - " + parsed.detail));
  if (parsed.value->isNull()) return refused(field_error("non_field_errors", "No data provided"));
  if (!parsed.value->isObject()) {
    return refused(field_error("non_field_errors", "Invalid data. Expected a dictionary, but got " +
                                                       std::string(python_type(*parsed.value)) +
                                                       "."));
  }
  Body body;
  body.data = std::move(*parsed.value);
  return body;
}

Body read_form(const Request& request) {
  const auto fields = fcgi::parse_form(request.body);
  if (!fields) return refused(detail(400, "Form parse error"));
  Body body;
  body.form = true;
  for (const auto& [name, value] : *fields) {
    auto& member = body.data[name];
    if (member.isNull()) {
      member = value;
      continue;
    }
    // Repeated: a list, which only fields that are lists take.
    if (member.isString()) {
      const Json::Value first = member;
      member = Json::Value(Json::arrayValue);
      member.append(first);
    }
    member.append(value);
  }
  return body;
}

constexpr std::string_view kWhiteSpace = " \t\n\v\f\r\x1c\x1d\x1e\x1f";

/// Numbers become their text, as the framework's CharField has it; booleans do not.
std::optional<std::string> as_text(const Json::Value& value) {
  if (value.isString() || (value.isNumeric() && !value.isBool())) return value.asString();
  return std::nullopt;
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

Body read_body(const Request& request) {
  if (request.body.empty()) return {};
  if (request.content_type == "application/json") return read_json(request);
  if (request.content_type == "application/x-www-form-urlencoded") return read_form(request);
  return refused(
      detail(415, "Unsupported media type \"" + request.content_type + "\" in request."));
}

const Json::Value* Fields::find(std::string_view name, bool required, bool nullable) {
  const auto* value = data_.find(name.data(), name.data() + name.size());
  if (value == nullptr) {
    if (required) refuse(name, kRequired);
    return nullptr;
  }
  if (value->isNull() && !nullable) {
    refuse(name, kNull);
    return nullptr;
  }
  return value;
}

std::optional<std::string> Fields::text(std::string_view name, const TextRule& rule) {
  const auto* value = find(name, rule.required);
  if (value == nullptr) return std::nullopt;
  auto text = as_text(*value);
  if (!text) {
    refuse(name, kNotText);
    return std::nullopt;
  }
  if (fcgi::trimmed(*text, kWhiteSpace).empty() && (rule.trim || text->empty())) {
    if (!rule.blank) {
      refuse(name, kBlank);
      return std::nullopt;
    }
    return std::string();
  }
  if (rule.trim) *text = std::string(fcgi::trimmed(*text, kWhiteSpace));
  if (!domain::is_clean_text(*text)) {
    refuse(name, kNoNulls);
    return std::nullopt;
  }
  if (domain::code_points(*text) > rule.most) {
    refuse(name,
           "Ensure this field has no more than " + std::to_string(rule.most) + " characters.");
    return std::nullopt;
  }
  return text;
}

std::optional<domain::Secret> Fields::secret(std::string_view name, bool required) {
  const auto* value = find(name, required);
  if (value == nullptr) return std::nullopt;
  auto text = as_text(*value);
  if (!text) {
    refuse(name, kNotText);
    return std::nullopt;
  }
  if (fcgi::trimmed(*text, kWhiteSpace).empty()) {
    refuse(name, kBlank);
    return std::nullopt;
  }
  return domain::Secret(std::move(*text));
}

std::optional<std::int64_t> Fields::integer(std::string_view name, std::int64_t least,
                                            std::int64_t most) {
  const auto* value = find(name, false);
  if (value == nullptr) return std::nullopt;
  const auto number = as_integer(*value);
  if (!number) {
    refuse(name, kNotInteger);
  } else if (*number < least) {
    refuse(name, "Ensure this value is greater than or equal to " + std::to_string(least) + ".");
  } else if (*number > most) {
    refuse(name, "Ensure this value is less than or equal to " + std::to_string(most) + ".");
  } else {
    return number;
  }
  return std::nullopt;
}

std::optional<std::int64_t> Fields::id(std::string_view name, const Json::Value& value) {
  const auto number = as_integer(value);
  if (!number) {
    refuse(name,
           "Incorrect type. Expected pk value, received " + std::string(python_type(value)) + ".");
  } else if (*number < 1) {
    refuse(name, "Invalid pk \"" + std::to_string(*number) + "\" - object does not exist.");
  } else {
    return number;
  }
  return std::nullopt;
}

std::optional<std::vector<std::int64_t>> Fields::ids(std::string_view name, bool required,
                                                     std::size_t most) {
  const auto* value = find(name, required);
  if (value == nullptr) return std::nullopt;
  Json::Value list = *value;
  if (form_ && value->isString()) {
    list = Json::Value(Json::arrayValue);
    list.append(*value);
  }
  if (!list.isArray()) {
    refuse(name,
           "Expected a list of items but got type \"" + std::string(python_type(list)) + "\".");
    return std::nullopt;
  }
  if (list.size() > most) {
    refuse(name, "Ensure this field has no more than " + std::to_string(most) + " elements.");
    return std::nullopt;
  }
  std::vector<std::int64_t> ids;
  for (const auto& entry : list) {
    const auto number = id(name, entry);
    if (!number) return std::nullopt;
    if (std::find(ids.begin(), ids.end(), *number) == ids.end()) ids.push_back(*number);
  }
  return ids;
}

std::optional<Json::Value> Fields::object(std::string_view name) {
  const auto* value = find(name, false, true);
  if (value == nullptr) return std::nullopt;
  if (value->isNull()) return Json::Value(Json::objectValue);
  if (value->isObject()) return *value;
  refuse(name, "Expected a dictionary of items but got type \"" + std::string(python_type(*value)) +
                   "\".");
  return std::nullopt;
}

void Fields::refuse(std::string_view name, std::string_view message) {
  errors_.emplace_back(name, message);
}

Response Fields::refusal() const {
  ObjectText fields;
  for (const auto& [name, message] : errors_) fields.raw(name, text_list({message}));
  return dispatcharr::ok(fields.finish(), 400);
}

std::string Fields::first_message() const {
  return errors_.front().first + ": " + errors_.front().second;
}

std::optional<std::int64_t> as_integer(const Json::Value& value) {
  if (value.isString()) return parse_integer(value.asString());
  if (!value.isBool() && value.isInt64()) return value.asInt64();
  return std::nullopt;
}

std::optional<std::int64_t> as_path_id(std::string_view text) {
  if (text.empty() || text[0] < '1' || text[0] > '9') return std::nullopt;
  return parse_integer(text);
}

}  // namespace postern::handlers::dispatcharr
