#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/mail/mailer.hpp"
#include "cli/output.hpp"

namespace postern::cli {

int mail_test(const ConfigFiles& files, const std::string& address) {
  const auto loaded = load_config(files);
  if (!loaded.config.domain.mail.enabled)
    throw CommandError(kConfiguration, "mail.server is not set: no mail is sent");
  if (!is_plain_address(address))
    throw CommandError(kUsage, "\"" + printable(address) + "\" is no address that mail goes to");
  Mailer mailer(loaded.config);
  const domain::SystemClock clock;
  domain::SodiumRandom random;
  const auto now = clock.now();
  const auto delivery = mailer.send_test(address, domain::MailId::make(now, random).text(), now);
  if (delivery.outcome != domain::Delivery::Outcome::Sent)
    throw CommandError(kRefused, "not sent: " + printable(delivery.why));
  print("The mail server has taken the letter to " + address + "\n");
  return kOk;
}

}  // namespace postern::cli
