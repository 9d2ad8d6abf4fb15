#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace postern::domain {

struct Principal;

/// Who a visitor is, as whatever is protected is told. All empty: nobody.
struct IdentityFields {
  std::string_view account;  ///< id
  std::string_view user;     ///< username
  std::string_view email;    ///< empty when there is none
  std::string_view role;
  std::string_view permissions;     ///< effective ones, sorted, one space between
  std::string_view credential;      ///< access_token:<session id>, api_key:<key id>
  std::string_view restrictions{};  ///< of a key (key_restrictions.hpp); told to nobody
  bool less_than_role = false;      ///< a key that may not do all that its owner's role may

  [[nodiscard]] bool may(std::string_view permission) const;
};

/// The fields with storage of their own.
class IdentityText {
 public:
  IdentityText() = default;
  explicit IdentityText(const Principal& principal);
  explicit IdentityText(const IdentityFields& fields)
      : account_(fields.account),
        user_(fields.user),
        email_(fields.email),
        role_(fields.role),
        permissions_(fields.permissions),
        credential_(fields.credential),
        restrictions_(fields.restrictions),
        less_than_role_(fields.less_than_role) {}

  [[nodiscard]] IdentityFields fields() const {
    return {account_,     user_,       email_,        role_,
            permissions_, credential_, restrictions_, less_than_role_};
  }

 private:
  std::string account_, user_, email_, role_, permissions_, credential_, restrictions_;
  bool less_than_role_ = false;
};

/// The fields in one flat piece of memory that can be copied byte by byte.
class Identity {
 public:
  static constexpr std::size_t kMaxText = 904;  ///< bytes of all fields together

  /// False, and nobody, when they do not fit.
  [[nodiscard]] bool assign(const IdentityFields& fields);
  [[nodiscard]] IdentityFields fields() const;
  /// How many bytes from the start of this object say all.
  [[nodiscard]] std::size_t used_bytes() const {
    return sizeof(ends_) + sizeof(less_than_role_) + ends_.back();
  }
  /// For bytes that were copied from elsewhere: whether they can be an Identity.
  [[nodiscard]] bool sound(std::size_t bytes) const;

 private:
  std::array<std::uint16_t, 7> ends_{};  ///< where each field ends
  std::uint16_t less_than_role_ = 0;     ///< 0 or 1
  std::array<char, kMaxText> text_;      // what is behind the last end is never read
};

}  // namespace postern::domain
