#include "handlers/oauth/metadata_reader.hpp"

#include <algorithm>
#include <chrono>

namespace postern::handlers::oauth {
namespace {

constexpr Json::ArrayIndex kMostTexts = 100;
constexpr std::int64_t kLongestAge = std::chrono::seconds(std::chrono::years(100)).count();

}  // namespace

MetadataReader::MetadataReader(const Json::Value& document) : document_(document) {
  if (!document.isObject()) fault("client_metadata", "wrong_type");
}

const Json::Value* MetadataReader::find(const char* name) const {
  if (!document_.isObject() || !document_.isMember(name)) return nullptr;
  const Json::Value& member = document_[name];
  return member.isNull() ? nullptr : &member;
}

std::optional<std::string> MetadataReader::text(const char* name) {
  const Json::Value* member = find(name);
  if (member == nullptr) return {};
  if (member->isString()) return member->asString();
  fault(name, "wrong_type");
  return {};
}

std::optional<std::vector<std::string>> MetadataReader::texts(const char* name) {
  const Json::Value* member = find(name);
  if (member == nullptr) return {};
  const bool all_texts =
      member->isArray() && std::all_of(member->begin(), member->end(),
                                       [](const Json::Value& item) { return item.isString(); });
  if (!all_texts) fault(name, "wrong_type");
  if (member->isArray() && member->size() > kMostTexts) fault(name, "too_many");
  if (fault_) return {};
  std::vector<std::string> texts;
  for (const Json::Value& item : *member) texts.push_back(item.asString());
  return texts;
}

std::optional<bool> MetadataReader::flag(const char* name) {
  const Json::Value* member = find(name);
  if (member == nullptr) return {};
  if (member->isBool()) return member->asBool();
  fault(name, "wrong_type");
  return {};
}

std::optional<std::int64_t> MetadataReader::seconds(const char* name) {
  const Json::Value* member = find(name);
  if (member == nullptr) return {};
  if (member->isInt64() && member->asInt64() >= 0 && member->asInt64() <= kLongestAge)
    return member->asInt64();
  fault(name, "out_of_range");
  return {};
}

void MetadataReader::fault(const char* name, const char* reason) {
  if (!fault_) fault_ = domain::Error{domain::Errc::InvalidInput, name, reason};
}

}  // namespace postern::handlers::oauth
