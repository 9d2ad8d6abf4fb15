#pragma once

#include <json/value.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "domain/secret.hpp"
#include "handlers/native/problem.hpp"

namespace postern::handlers::native {

/// Reads the members that a handler asks for by name and type, and remembers everything that is
/// wrong, so that one answer tells all of it. Use: ask for every member, then ask for the refusal
/// before using any of them. Members nobody asked for are unknown, and refused by name.
///
/// Lengths and forms of values are the domain's to judge; here stand types, presence and the form
/// of the body: an object of JSON, or where `Forms::Taken` a URL-encoded form as well.
class BodyReader {
 public:
  enum class Forms { Refused, Taken };
  enum class Presence { Required, Optional };  ///< of the body: an optional one may be empty
  enum class Null { Refused, SaysNone };       ///< SaysNone: an explicit null is as if absent

  explicit BodyReader(const Request& request, Forms forms = Forms::Refused,
                      Presence presence = Presence::Required);
  BodyReader(Request&&, Forms = {}, Presence = {}) = delete;  ///< the request must outlive it

  /// "" when it is missing or no text, which the refusal then says.
  std::string text(std::string_view name);
  domain::Secret secret(std::string_view name);
  /// Empty when it is absent or null.
  domain::Secret optional_secret(std::string_view name);

  std::optional<std::string> optional_text(std::string_view name, Null null = Null::Refused);
  std::optional<bool> optional_boolean(std::string_view name);
  /// Whole numbers within [minimum, maximum].
  std::optional<std::int64_t> optional_integer(std::string_view name, std::int64_t minimum,
                                               std::int64_t maximum, Null null = Null::Refused);
  /// At most 100 texts.
  std::optional<std::vector<std::string>> optional_texts(std::string_view name,
                                                         Null null = Null::Refused);
  /// An object with members of its own: `read` asks for them, as here, and is not called where
  /// there is none. What is wrong in it is told as `name.member`.
  void optional_object(std::string_view name, const std::function<void(BodyReader&)>& read,
                       Null null = Null::Refused);
  /// An object whose members are somebody else's to judge.
  std::optional<Json::Value> optional_whole_object(std::string_view name,
                                                   Null null = Null::Refused);
  [[nodiscard]] bool has(std::string_view name) const;
  /// For what a handler finds out by itself.
  void fault(std::string_view name, std::string_view code);

  /// 400, 415, or one 422 with all faults; none when everything is as asked for.
  [[nodiscard]] std::optional<Response> refusal();

 private:
  BodyReader(const Request& request, Json::Value body);

  void read_json();
  void read_form();
  void unreadable(const Problem& problem, std::string_view detail);
  const Json::Value* find(std::string_view name, Null null);
  void note_unknown_members();

  const Request& request_;
  bool is_form_ = false;
  Json::Value body_{Json::objectValue};
  std::set<std::string, std::less<>> known_;
  std::vector<FieldFault> faults_;
  std::optional<Response> unreadable_;
};

}  // namespace postern::handlers::native
