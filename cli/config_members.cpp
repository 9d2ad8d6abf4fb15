#include "cli/config_members.hpp"

#include <algorithm>

namespace postern::cli {

std::string Members::text(std::string_view name, Check check, std::string_view form,
                          std::optional<std::string> fallback) {
  if (fallback && !has(name)) return *std::move(fallback);
  if (auto found = text_or_none(name, check, form)) return *std::move(found);
  if (!has(name)) refuse(name, "must be " + std::string(form));
  return "";
}

std::optional<std::string> Members::text_or_none(std::string_view name, Check check,
                                                 std::string_view form) {
  const auto* found = node_.find(name);
  if (found == nullptr) return {};
  if (found->type == TomlNode::Type::Text && check(found->text)) return found->text;
  refuse(name, "must be " + std::string(form));
  return {};
}

bool Members::flag(std::string_view name) {
  const auto* found = node_.find(name);
  if (found == nullptr) return false;
  if (found->type != TomlNode::Type::Boolean) refuse(name, "must be true or false");
  return found->boolean;
}

std::vector<std::string> Members::texts(std::string_view name, Check check, std::size_t most,
                                        std::string_view form) {
  const auto* found = node_.find(name);
  std::vector<std::string> all;
  if (found == nullptr) return all;
  bool good = found->type == TomlNode::Type::Array && found->items.size() <= most;
  for (const auto& item : found->items) {
    good = good && item.type == TomlNode::Type::Text && check(item.text);
    all.push_back(item.text);
  }
  if (!good) refuse(name, "must be " + std::string(form));
  return all;
}

void Members::refuse(std::string_view name, std::string message) {
  const auto* found = node_.find(name);
  problems_.push_back({found != nullptr ? found->place : node_.place,
                       list_ + "." + std::string(name), std::move(message)});
}

void Members::refuse_unknown(std::span<const std::string_view> known, std::string_view what) {
  for (const auto& [name, value] : node_.members) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    problems_.push_back({value.place, list_ + "." + name, "is no key of " + std::string(what)});
  }
}

}  // namespace postern::cli
