#include "handlers/openskip/reader.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

#include "domain/text.hpp"
#include "fcgi/uri.hpp"
#include "handlers/json_body.hpp"

namespace postern::handlers::openskip {
namespace {

constexpr std::string_view kNotText = "Input should be a valid string";
constexpr std::string_view kNotInteger = "Input should be a valid integer";
constexpr std::string_view kUnparsable =
    "Input should be a valid integer, unable to parse string as an integer";
constexpr std::string_view kFraction =
    "Input should be a valid integer, got a number with a fractional part";
constexpr std::string_view kNotObject =
    "Input should be a valid dictionary or object to extract fields from";

Body refused(Response response) {
  Body body;
  body.refusal = std::move(response);
  return body;
}

Body refused(Fault fault) {
  return refused(unprocessable({std::move(fault)}));
}

bool is_json_type(std::string_view type) {
  return type.empty() || type == "application/json" ||
         (type.starts_with("application/") && type.ends_with("+json"));
}

/// A sign and digits, white space around them: what Python's int() and pydantic take for a number.
std::optional<std::int64_t> parse_integer(std::string_view text) {
  constexpr std::string_view kSpace = " \t\n\r\f\v";
  text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size()));
  text = text.substr(0, text.find_last_not_of(kSpace) + 1);
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  std::int64_t number = 0;
  const auto* const end = text.data() + text.size();
  const auto [stop, fault] = std::from_chars(text.data(), end, number);
  if (text.empty() || stop != end || fault == std::errc::invalid_argument) return std::nullopt;
  if (fault == std::errc::result_out_of_range) {
    return text.starts_with('-') ? std::numeric_limits<std::int64_t>::min()
                                 : std::numeric_limits<std::int64_t>::max();
  }
  return number;
}

std::optional<std::int64_t> integer_of(const Json::Value& value) {
  if (value.isBool()) return std::nullopt;
  if (value.isString()) return parse_integer(value.asString());
  if (value.isInt64()) return value.asInt64();
  return std::nullopt;
}

Fault body_fault(std::string_view name, std::string_view msg, std::string_view type) {
  return {"body", std::string(name), std::string(msg), type};
}

Fault integer_fault(std::string_view name, const Json::Value& value) {
  if (value.isString()) return body_fault(name, kUnparsable, "int_parsing");
  if (value.isDouble() && !value.isIntegral()) return body_fault(name, kFraction, "int_from_float");
  return body_fault(name, kNotInteger, "int_type");
}

}  // namespace

Body read_json_body(const Request& request, Presence presence) {
  if (request.body.empty()) {
    return presence == Presence::Optional ? Body{} : refused(missing_fault("body", ""));
  }
  if (!is_json_type(request.content_type)) {
    return refused(body_fault("", kNotObject, "model_attributes_type"));
  }
  auto parsed = parse_json(request.body);
  if (!parsed.value) return refused(body_fault("", "JSON decode error", "json_invalid"));
  if (parsed.value->isNull()) return refused(missing_fault("body", ""));
  if (!parsed.value->isObject()) {
    return refused(body_fault("", kNotObject, "model_attributes_type"));
  }
  Body body;
  body.data = *std::move(parsed.value);
  return body;
}

Body read_form_body(const Request& request) {
  if (request.content_type != "application/x-www-form-urlencoded") return {};
  const auto fields = fcgi::parse_form(request.body);
  if (!fields) return refused(detail(400, "There was an error parsing the body"));
  Body body;
  for (const auto& [name, value] : *fields) {
    if (body.data.isMember(name)) {
      body.data[name] = Json::Value(Json::arrayValue);
    } else if (!value.empty()) {
      body.data[name] = value;
    }
  }
  return body;
}

const Json::Value* Fields::find(std::string_view name) const {
  return data_.find(name.data(), name.data() + name.size());
}

const Json::Value* Fields::find_required(std::string_view name) {
  const auto* value = find(name);
  if (value == nullptr) faults_.push_back(missing_fault("body", name));
  return value;
}

std::optional<std::string> Fields::string_of(std::string_view name, const Json::Value& value,
                                             Length length) {
  if (!value.isString()) {
    faults_.push_back(body_fault(name, kNotText, "string_type"));
    return std::nullopt;
  }
  auto text = value.asString();
  const auto size = domain::code_points(text);
  if (size < length.least) {
    faults_.push_back(too_short_fault(name, length.least));
  } else if (size > length.most) {
    faults_.push_back(too_long_fault(name, length.most));
  } else {
    return text;
  }
  return std::nullopt;
}

std::string Fields::text(std::string_view name, Length length) {
  const auto* value = find_required(name);
  if (value == nullptr) return "";
  return string_of(name, *value, length).value_or("");
}

std::optional<std::string> Fields::optional_text(std::string_view name, Length length) {
  const auto* value = find(name);
  if (value == nullptr || value->isNull()) return std::nullopt;
  return string_of(name, *value, length);
}

domain::Secret Fields::secret(std::string_view name) {
  constexpr Length kAny{0, std::numeric_limits<std::size_t>::max()};
  return domain::Secret(text(name, kAny));
}

std::string Fields::word(std::string_view name, std::span<const std::string_view> words) {
  const auto* value = find_required(name);
  if (value == nullptr) return "";
  if (value->isString()) {
    auto text = value->asString();
    if (std::find(words.begin(), words.end(), text) != words.end()) return text;
  }
  faults_.push_back(word_fault("body", name, words));
  return "";
}

std::optional<std::int64_t> Fields::optional_integer(std::string_view name, std::int64_t least,
                                                     std::int64_t most) {
  const auto* value = find(name);
  if (value == nullptr) return std::nullopt;
  const auto number = integer_of(*value);
  if (!number) {
    faults_.push_back(integer_fault(name, *value));
  } else if (*number < least) {
    faults_.push_back(
        body_fault(name, "Input should be greater than or equal to " + std::to_string(least),
                   "greater_than_equal"));
  } else if (*number > most) {
    faults_.push_back(body_fault(
        name, "Input should be less than or equal to " + std::to_string(most), "less_than_equal"));
  } else {
    return number;
  }
  return std::nullopt;
}

std::optional<Response> Fields::refusal() const {
  if (faults_.empty()) return std::nullopt;
  return unprocessable(faults_);
}

Fault word_fault(std::string_view where, std::string_view name,
                 std::span<const std::string_view> words) {
  std::string msg = "Input should be ";
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) msg += i + 1 == words.size() ? " or " : ", ";
    msg.append("'").append(words[i]).append("'");
  }
  return {where, std::string(name), std::move(msg), "literal_error"};
}

std::optional<std::int64_t> path_number(const Call& call, std::string_view name) {
  return parse_integer(call.path.find(name)->second);
}

Response number_refusal(std::string_view name) {
  return unprocessable({{"path", std::string(name), std::string(kUnparsable), "int_parsing"}});
}

}  // namespace postern::handlers::openskip
