#pragma once

#include <cstdint>
#include <string>

#include "domain/mail_link.hpp"

namespace postern::domain {

/// What password_reset.cpp and address_confirmation.cpp share, and the limits of all letters that
/// anybody can ask for. Not for others.

/// A link that was found: of the right purpose, and not past its end. NOT checked: whether the
/// account is alive, and the address still its own.
struct MailLink {
  Uuid id;
  AccountId account;
  std::string email;  ///< where it was sent
};
/// LinkInvalid.
[[nodiscard]] Result<MailLink> find_mail_link(Executor& executor, Services& services,
                                              const Secret& token, LinkPurpose purpose);
/// Each is good once: of any number at the same time one finds it; the others get LinkInvalid. The
/// account is to be locked before, as everybody who writes links does.
[[nodiscard]] Outcome use_up_mail_link(Transaction& tx, Services& services, const MailLink& link);

/// TooManyAttempts where `name` was charged `limit` times in the window of failed logins.
[[nodiscard]] Outcome charge_mail(Services& services, const std::string& name, std::uint32_t limit);
/// The same by network, whose number is settings.login_limit.per_network.
[[nodiscard]] Outcome charge_mail_network(Services& services, const std::string& area,
                                          const Origin& origin);

}  // namespace postern::domain
