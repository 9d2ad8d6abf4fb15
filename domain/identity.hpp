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
  std::string_view permissions;  ///< effective ones, sorted, one space between
  /// access_token:<session id>, api_key:<key id>, oauth_token:<session id>,
  /// browser_session:<session id>
  std::string_view credential;
  std::string_view restrictions{};  ///< of a key (key_restrictions.hpp); told to nobody
  bool less_than_role = false;      ///< what may not do all that its owner's role may
  // Of a client's token (Principal); lists with one space between. All but the client told to
  // nobody.
  std::string_view client{};     ///< client_id
  std::string_view audience{};   ///< uris of the resources that it is for
  std::string_view bound_key{};  ///< thumbprint of the key whose proof has to come with it
  std::string_view scopes{};     ///< granted, before the role

  [[nodiscard]] bool may(std::string_view permission) const;
  /// Whether it is a client's, good at its resources only.
  [[nodiscard]] bool is_for_client() const { return !client.empty(); }
  [[nodiscard]] bool is_for(std::string_view resource) const;
};

/// Whether a list with one space between has this word.
[[nodiscard]] bool has_word(std::string_view list, std::string_view word);

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
        client_(fields.client),
        audience_(fields.audience),
        bound_key_(fields.bound_key),
        scopes_(fields.scopes),
        less_than_role_(fields.less_than_role) {}

  [[nodiscard]] IdentityFields fields() const {
    return {account_,      user_,           email_,  role_,     permissions_, credential_,
            restrictions_, less_than_role_, client_, audience_, bound_key_,   scopes_};
  }

 private:
  std::string account_, user_, email_, role_, permissions_, credential_, restrictions_, client_,
      audience_, bound_key_, scopes_;
  bool less_than_role_ = false;
};

/// The fields in one flat piece of memory that can be copied byte by byte.
class Identity {
 public:
  static constexpr std::size_t kMaxText = 896;  ///< bytes of all fields together

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
  std::array<std::uint16_t, 11> ends_{};  ///< where each field ends
  std::uint16_t less_than_role_ = 0;      ///< 0 or 1
  std::array<char, kMaxText> text_;       // what is behind the last end is never read
};

}  // namespace postern::domain
