#pragma once

#include <json/value.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/secret.hpp"
#include "handlers/openskip/errors.hpp"

namespace postern::handlers::openskip {

/// A request's body as FastAPI hands it to a model.
struct Body {
  Json::Value data{Json::objectValue};  ///< an object, unless there is a refusal
  std::optional<Response> refusal;
};

enum class Presence { Required, Optional };  ///< an optional body may be empty

/// JSON, also without a Content-Type, as scripts send it. 422 for all else.
[[nodiscard]] Body read_json_body(const Request& request, Presence presence = Presence::Required);
/// A URL-encoded form; another type is a form without fields, as in FastAPI. A field that is empty
/// counts as missing, one that is given twice as no text.
[[nodiscard]] Body read_form_body(const Request& request);

struct Length {
  std::size_t least = 0, most = 1000;  ///< code points
};

/// Reads members as pydantic's models do and collects what is wrong, in the order of reading. A
/// value that is wrong reads as empty: ask for the refusal before using any. Members that nobody
/// asks for are passed over.
class Fields {
 public:
  explicit Fields(const Json::Value& data) : data_(data) {}

  std::string text(std::string_view name, Length length = {});
  /// Absent or null: none.
  std::optional<std::string> optional_text(std::string_view name, Length length = {});
  domain::Secret secret(std::string_view name);
  /// One of a few words.
  std::string word(std::string_view name, std::span<const std::string_view> words);
  /// Absent: none. Whole numbers, also as text or with a zero fraction, as pydantic takes them.
  std::optional<std::int64_t> optional_integer(std::string_view name, std::int64_t least,
                                               std::int64_t most);

  [[nodiscard]] std::optional<Response> refusal() const;

 private:
  std::optional<std::string> string_of(std::string_view name, const Json::Value& value,
                                       Length length);
  const Json::Value* find(std::string_view name) const;
  const Json::Value* find_required(std::string_view name);

  const Json::Value& data_;
  std::vector<Fault> faults_;
};

/// What says that a value is none of `words`.
[[nodiscard]] Fault word_fault(std::string_view where, std::string_view name,
                               std::span<const std::string_view> words);

/// A number in the path; none: it is no whole number (422: number_refusal). One that is too large
/// for any row reads as the largest there is.
[[nodiscard]] std::optional<std::int64_t> path_number(const Call& call, std::string_view name);
[[nodiscard]] Response number_refusal(std::string_view name);

}  // namespace postern::handlers::openskip
