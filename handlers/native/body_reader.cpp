#include "handlers/native/body_reader.hpp"

#include <algorithm>

#include "domain/ascii.hpp"
#include "fcgi/uri.hpp"
#include "handlers/json_body.hpp"

namespace postern::handlers::native {
namespace {

constexpr Json::ArrayIndex kMaxTexts = 100;
constexpr std::size_t kMaxMemberName = 64;

/// A member's name as an answer may say it: what is no plain word is not repeated.
std::string sayable(const std::string& name) {
  const bool plain = !name.empty() && name.size() <= kMaxMemberName &&
                     std::all_of(name.begin(), name.end(), [](char c) {
                       return domain::is_alphanumeric(c) || c == '_' || c == '-' || c == '.';
                     });
  return plain ? name : "";
}

std::string_view sentence_for(JsonFault fault) {
  switch (fault) {
    case JsonFault::Syntax:
      return "The body is not one well-formed JSON value (RFC 8259).";
    case JsonFault::DuplicateKey:
      return "An object names a member twice.";
    case JsonFault::TooDeep:
      return "The body is nested too deep.";
    case JsonFault::InvalidText:
      return "The body holds NUL, an unpaired surrogate or bytes that are not UTF-8.";
  }
  return {};
}

}  // namespace

BodyReader::BodyReader(const Request& request, Forms forms, Presence presence) : request_(request) {
  if (request.body.empty()) {
    if (presence == Presence::Required) unreadable(kBadJson, "The body is empty.");
  } else if (request.content_type == "application/json") {
    read_json();
  } else if (forms == Forms::Taken && request.content_type == "application/x-www-form-urlencoded") {
    read_form();
  } else {
    unreadable(kUnsupportedMediaType, forms == Forms::Taken
                                          ? "Send application/json or a URL-encoded form."
                                          : "Send application/json.");
  }
}

BodyReader::BodyReader(const Request& request, Json::Value body)
    : request_(request), body_(std::move(body)) {}

void BodyReader::unreadable(const Problem& problem, std::string_view detail) {
  unreadable_ = refuse(request_, problem, detail);
}

void BodyReader::read_json() {
  auto parsed = parse_json(request_.body);
  if (!parsed.value) return unreadable(kBadJson, sentence_for(parsed.fault));
  if (!parsed.value->isObject()) return unreadable(kBadJson, "The body must be a JSON object.");
  body_ = *std::move(parsed.value);
}

void BodyReader::read_form() {
  const auto fields = fcgi::parse_form(request_.body);
  is_form_ = true;
  if (!fields) return unreadable(kBadForm, "The form is not well-formed, or too long.");
  for (const auto& field : *fields) {
    if (body_.isMember(field.name)) return unreadable(kBadForm, "A field is given twice.");
    body_[field.name] = field.value;
  }
}

const Json::Value* BodyReader::find(std::string_view name, Null null) {
  known_.emplace(name);
  const auto* member = body_.find(name.data(), name.data() + name.size());
  if (member == nullptr || (member->isNull() && null == Null::SaysNone)) return nullptr;
  return member;
}

bool BodyReader::has(std::string_view name) const {
  return body_.find(name.data(), name.data() + name.size()) != nullptr;
}

void BodyReader::fault(std::string_view name, std::string_view code) {
  faults_.push_back({std::string(name), std::string(code)});
}

std::string BodyReader::text(std::string_view name) {
  auto value = optional_text(name);
  if (!value && !has(name)) fault(name, "required");
  return std::move(value).value_or("");
}

domain::Secret BodyReader::secret(std::string_view name) {
  return domain::Secret(text(name));
}

domain::Secret BodyReader::optional_secret(std::string_view name) {
  return domain::Secret(optional_text(name, Null::SaysNone).value_or(""));
}

std::optional<std::string> BodyReader::optional_text(std::string_view name, Null null) {
  const auto* member = find(name, null);
  if (member == nullptr) return std::nullopt;
  if (member->isString()) return member->asString();
  fault(name, "wrong_type");
  return std::nullopt;
}

std::optional<bool> BodyReader::optional_boolean(std::string_view name) {
  const auto* member = find(name, Null::Refused);
  if (member == nullptr) return std::nullopt;
  if (member->isBool()) return member->asBool();
  // A form has nothing but text.
  if (is_form_ && *member == "true") return true;
  if (is_form_ && *member == "false") return false;
  fault(name, "wrong_type");
  return std::nullopt;
}

std::optional<std::int64_t> BodyReader::optional_integer(std::string_view name,
                                                         std::int64_t minimum, std::int64_t maximum,
                                                         Null null) {
  const auto* member = find(name, null);
  if (member == nullptr) return std::nullopt;
  if (!member->isNumeric()) {
    fault(name, "wrong_type");
  } else if (!member->isInt64() || member->asInt64() < minimum || member->asInt64() > maximum) {
    fault(name, "out_of_range");
  } else {
    return member->asInt64();
  }
  return std::nullopt;
}

std::optional<std::vector<std::string>> BodyReader::optional_texts(std::string_view name,
                                                                   Null null) {
  const auto* member = find(name, null);
  if (member == nullptr) return std::nullopt;
  const bool list = member->isArray();
  if (!list || !std::all_of(member->begin(), member->end(),
                            [](const Json::Value& item) { return item.isString(); })) {
    fault(name, "wrong_type");
    return std::nullopt;
  }
  if (member->size() > kMaxTexts) {
    fault(name, "too_many");
    return std::nullopt;
  }
  std::vector<std::string> texts;
  for (const auto& item : *member) texts.push_back(item.asString());
  return texts;
}

void BodyReader::optional_object(std::string_view name,
                                 const std::function<void(BodyReader&)>& read, Null null) {
  const auto* member = find(name, null);
  if (member == nullptr) return;
  if (!member->isObject()) return fault(name, "wrong_type");
  BodyReader inner(request_, *member);
  read(inner);
  inner.note_unknown_members();
  for (const auto& [path, code, message] : inner.faults_) {
    const auto whole = path.empty() ? std::string(name) : std::string(name) + "." + path;
    faults_.push_back({whole, code, message});
  }
}

std::optional<Json::Value> BodyReader::optional_whole_object(std::string_view name, Null null) {
  const auto* member = find(name, null);
  if (member == nullptr) return std::nullopt;
  if (member->isObject()) return *member;
  fault(name, "wrong_type");
  return std::nullopt;
}

void BodyReader::note_unknown_members() {
  for (const auto& name : body_.getMemberNames()) {
    if (known_.count(name) == 0) faults_.push_back({sayable(name), "unknown_member"});
  }
}

std::optional<Response> BodyReader::refusal() {
  if (unreadable_) return unreadable_;
  note_unknown_members();
  if (faults_.empty()) return std::nullopt;
  return refuse(request_, kInvalidInput, faults_);
}

}  // namespace postern::handlers::native
