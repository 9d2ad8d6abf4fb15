#include "domain/identity.hpp"

#include <algorithm>
#include <iterator>

#include "domain/authenticate.hpp"
#include "domain/oauth_scope.hpp"

namespace postern::domain {

bool has_word(std::string_view list, std::string_view word) {
  if (word.empty()) return false;
  for (std::string_view rest = list; !rest.empty();) {
    const std::string_view name = rest.substr(0, rest.find(' '));
    if (name == word) return true;
    rest.remove_prefix(std::min(name.size() + 1, rest.size()));
  }
  return false;
}

bool IdentityFields::may(std::string_view permission) const {
  return has_word(permissions, permission);
}

bool IdentityFields::is_for(std::string_view resource) const {
  return has_word(audience, resource);
}

IdentityText::IdentityText(const Principal& principal)
    : account_(principal.account.id.text()),
      user_(principal.account.username),
      email_(principal.account.email.value_or("")),
      role_(principal.account.role),
      permissions_(join_scope(principal.permissions)),
      credential_(std::string(name_of(principal.kind)) + ":" + principal.credential_id),
      restrictions_(principal.restrictions),
      client_(principal.client_id),
      audience_(join_scope(principal.audience)),
      bound_key_(principal.bound_key),
      scopes_(join_scope(principal.scopes)),
      less_than_role_(principal.less_than_role) {}

bool Identity::assign(const IdentityFields& fields) {
  const std::array all{fields.account,     fields.user,       fields.email,        fields.role,
                       fields.permissions, fields.credential, fields.restrictions, fields.client,
                       fields.audience,    fields.bound_key,  fields.scopes};
  ends_ = {};
  less_than_role_ = 0;
  std::size_t size = 0;
  for (const auto field : all) size += field.size();
  if (size > kMaxText) return false;
  std::size_t end = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    std::copy(all[i].begin(), all[i].end(),
              std::next(text_.begin(), static_cast<std::ptrdiff_t>(end)));
    end += all[i].size();
    ends_[i] = static_cast<std::uint16_t>(end);
  }
  less_than_role_ = fields.less_than_role ? 1 : 0;
  return true;
}

IdentityFields Identity::fields() const {
  const auto field = [this](std::size_t i) {
    const std::size_t begin = i == 0 ? 0 : ends_[i - 1];
    return std::string_view(text_.data() + begin, ends_[i] - begin);
  };
  return {field(0), field(1), field(2), field(3),
          field(4), field(5), field(6), less_than_role_ != 0,
          field(7), field(8), field(9), field(10)};
}

bool Identity::sound(std::size_t bytes) const {
  return std::is_sorted(ends_.begin(), ends_.end()) && ends_.back() <= kMaxText &&
         less_than_role_ <= 1 && bytes == used_bytes();
}

}  // namespace postern::domain
