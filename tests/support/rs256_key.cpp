#include "tests/support/rs256_key.hpp"

#include "domain/rs256.hpp"

namespace postern::test {
namespace {

/// Made for tests alone, since making one takes a tenth of a second. PKCS#8, base64url.
constexpr const char* kKey =
    "MIIEvAIBADANBgkqhkiG9w0BAQEFAASCBKYwggSiAgEAAoIBAQCfT4DAScCaOV8F9m31pfcdh9YTYQcvGvGAhXQuVHz2"
    "fUgzyCUlS49f109hqdUOVir_6bsSj4uuQOn0yfBwNEk1yMSy1LtbSdfTZRGLAO50QJTPjJbPYO5U80TxMXUlIWTP-nna"
    "YVng7rHNjC_N3xhHGDl56ZdSb4UNwoZo9gqLP_7Mm0xDhJBjTi4iDzInpqwZuLZv2H-LCc8XC17Qarz48km120InDejz"
    "bffto_aJm5ve9_f_N810sqeFr54QxJ77aAIlAEMzaSnmTmi_y-GqwbzIe02FGt3D-m-iMnIfG5w_A7S8L7M6mrwRBHoI"
    "aBxp05Mj0Pz4oSJl9S0eeiErAgMBAAECggEAQ0G5RXTdjz6xUz8aZR7QGPOD-WJ5OfXSB0RQLE8XAqkZlmLk673epcOs"
    "i7q7a_YM6UWv6MIZYlOdce7fRz-LuN0tzaHqBzxBlcmRgnG-Oe4Z5RWhhaOSeuLJNFqA7lAO048Xao629zNOdUy90dhh"
    "04HyoflwHSlfrtN1E1LsWKTdVIIag4kCVcmxEYReJYI6XvKdknNtAGZ7cJoxA_sv4VWdEthrnQPO1Oo-IgA3fjGluUYL"
    "8_kCZeBb8cK0EPA2E-ypzFbpUEOMxN_GiFogteg9HtjGVps1mqUVfmDTucmkFI7JMwh3wNJk4Pzw7eCTnrK7cMcQUQ3P"
    "BY43nlE1YQKBgQDKpOAm4mOhlmdsPPowK0lYLDcaNqd2c5Z6W4dc0dYMIpt_vYOuiYVMXbn6rdxVDb06PGp5GYwo8Ljb"
    "NRBs1zLzS1QKktzEyoQWoj_sTROJ2_CR5iPTXh2YFPGgpfzgg1jMKYKKERRYqHaaVTxZHlvfIXGAeKOTTmVd0Iol7p34"
    "5QKBgQDJQcEmlejhyK6WHnjA54Y5rTXYbeKKtAI6phJVlJ5aCxoR4HTnK9ftE05Us7-Megtsc7MpKaZBFEpQysSqsiVZ"
    "yGfHhbJWjqygAw-__Z0OfX8paYXNlEQuknmA5gTFEMZZOURXsWuQ9soIdhMX9_ybcY3DI10SZMhVCmVkQ0hgzwKBgBTs"
    "h1SchasWq6Eqfq7gmVcoYZwsTohVkREbSFPWOuLP4_yBpgosmv3yo5R1xU1m-MX9nQTaFXXYvU2tIgALDHDAs3HQDkmn"
    "m5H2uOD-aGkQs7ts5wAZNLcSWoy69ux7w3x5QMhe0RoCcxSmfm-5ScU1X9HjIwi_zImuUcVu6RLdAoGABIIQjYi2Grig"
    "EITGN6v3-brDhgGQHYNCuYWWy4v0sBenkdbxR2xX_dt82bDdDYx-TQOac8WXD8YglAa2uQwcghJXIMUB5aZ0f3ESHT7V"
    "EcoF2yud76jujgyB5D1CxhdGGiGKQlybCDg-9kmOy-6mHeVBQ6m7H_pZ8m21L7XCHUkCgYA6NKlGbV4t5B-PJRsFOb8s"
    "B3MhdvNrFvp_6jKMYrpaGtDb7PPtqfhtvThJEcC3o4PKXIwBTIE9C_ear-lKuj-MZC_Lx48khPaAaI7PP3XRoy0doSZ6"
    "AvfNS0TP68IESf-NEbSFUUkT3kqkvNY6bVNH5HdBTLnAH8p6ntKdxy0Rag";

constexpr domain::Statement kInsertKey{"insert_test_signing_key", R"sql(
  insert into postern.signing_key (kid, alg, public_n, public_e, sealed_key, created_at, sign_after)
  values ($1, 'RS256', $2, $3, $4, $5, $5)
)sql"};

}  // namespace

std::string add_rs256_key(DomainWorld& world) {
  const std::string kid = "00000000000000a5";
  const auto der = domain::base64url_decode(kKey).value();
  const auto key = domain::Rs256Key::from_der(der);
  const auto sealed = world.ring.seal("signing_key:" + kid, der, world.random);
  world.database.run(kInsertKey, {kid, domain::base64url_encode(key.n()),
                                  domain::base64url_encode(key.e()), sealed, world.clock.now()});
  world.signing_keys.load(world.database, world.ring, world.clock.now());
  return kid;
}

}  // namespace postern::test
