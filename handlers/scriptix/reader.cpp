#include "handlers/scriptix/reader.hpp"

#include <algorithm>
#include <charconv>

#include "domain/text.hpp"
#include "fcgi/uri.hpp"
#include "handlers/json_body.hpp"
#include "handlers/scriptix/errors.hpp"

namespace postern::handlers::scriptix {
namespace {

std::optional<std::int64_t> as_number(std::string_view text) {
  std::int64_t number = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, fault] = std::from_chars(text.data(), end, number);
  if (fault != std::errc() || stop != end || number < 0) return std::nullopt;
  return number;
}

/// As HTML forms, Python's requests and JavaScript write them.
std::optional<bool> as_boolean(std::string_view text) {
  const auto word = domain::fold(text);
  if (word == "true" || word == "1" || word == "on") return true;
  if (word == "false" || word == "0" || word == "off") return false;
  return std::nullopt;
}

}  // namespace

Reader Reader::login(const Request& request) {
  Reader reader;
  if (request.content_type == "application/x-www-form-urlencoded") {
    reader.read_fields(request.body);
  } else if (request.content_type == "application/json") {
    reader.read_json(request);
  } else {
    reader.unreadable(request.body.empty() ? 400 : 415);
  }
  return reader;
}

Reader Reader::wish(const Request& request, std::initializer_list<std::string_view> members) {
  Reader reader;
  if (request.content_type != "application/json") {
    reader.unreadable(request.body.empty() ? 400 : 415);
    return reader;
  }
  reader.read_json(request);
  for (const auto& name : reader.values_.getMemberNames()) {
    if (std::find(members.begin(), members.end(), name) != members.end()) continue;
    // The name is the client's text: it is not repeated.
    reader.refuse("the body", "holds a member that is not known here");
  }
  return reader;
}

Reader Reader::query(const Request& request) {
  Reader reader;
  reader.read_fields(request.uri ? request.uri->query : std::string());
  return reader;
}

void Reader::unreadable(int status) {
  if (!refusal_) refusal_ = failure(Request{}, status);
}

void Reader::refuse(std::string_view name, std::string_view what) {
  if (!refusal_) refusal_ = invalid_value(name, what);
}

void Reader::read_json(const Request& request) {
  auto parsed = parse_json(request.body);
  if (!parsed.value || !parsed.value->isObject()) return unreadable(400);
  values_ = *std::move(parsed.value);
}

void Reader::read_fields(std::string_view text) {
  form_ = true;
  const auto fields = fcgi::parse_form(text);
  if (!fields) return unreadable(400);
  for (const auto& [name, value] : *fields) {
    if (values_.isMember(name)) return unreadable(400);
    values_[name] = value;
  }
}

const Json::Value* Reader::find(std::string_view name) const {
  const auto* value = values_.find(name.data(), name.data() + name.size());
  const bool absent =
      value == nullptr || value->isNull() || (value->isString() && value->asString().empty());
  return absent ? nullptr : value;
}

std::string Reader::text(std::string_view name) {
  auto value = optional_text(name);
  if (!value) refuse(name, "is required");
  return std::move(value).value_or("");
}

domain::Secret Reader::secret(std::string_view name) {
  return domain::Secret(text(name));
}

std::optional<std::string> Reader::optional_text(std::string_view name) {
  const auto* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (value->isString()) return value->asString();
  refuse(name, "must be a text");
  return std::nullopt;
}

std::optional<bool> Reader::optional_boolean(std::string_view name) {
  const auto* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (value->isBool()) return value->asBool();
  const auto word = form_ ? as_boolean(value->asString()) : std::nullopt;
  if (!word) refuse(name, "must be true or false");
  return word;
}

std::optional<std::int64_t> Reader::optional_number(std::string_view name) {
  const auto* value = find(name);
  if (value == nullptr) return std::nullopt;
  const auto number = value->isString() ? as_number(value->asString()) : std::nullopt;
  if (!number) refuse(name, "must be a whole number");
  return number;
}

std::optional<std::int64_t> as_id(std::string_view text) {
  if (text.empty() || text.front() == '0') return std::nullopt;
  return as_number(text);
}

}  // namespace postern::handlers::scriptix
