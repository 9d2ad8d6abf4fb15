// What the libraries alone take, in processor seconds of one operation, as one JSON object.
//
//   raw OPERATION SECONDS PROCESSES
//
// OPERATION: es256_sign (OpenSSL, P-256 over SHA-256, of a message as long as an access token's),
// es256_verify, or argon2id (libsodium, 19456 KiB, 2 passes). PROCESSES of them run at once, since
// hashes that share a machine's memory slow each other down.
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <sodium.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace {

constexpr std::size_t kMessage = 400;
constexpr unsigned long long kPasses = 2;
constexpr std::size_t kMemory = 19456ULL * 1024;

double seconds_of(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

[[noreturn]] void fail(const char* what) {
  std::fprintf(stderr, "raw: %s\n", what);
  std::exit(1);
}

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

std::vector<unsigned char> sign(EVP_PKEY* key, const std::string& message) {
  const Context context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  std::vector<unsigned char> signature(80);
  std::size_t length = signature.size();
  const auto* bytes = reinterpret_cast<const unsigned char*>(message.data());
  if (EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key) != 1 ||
      EVP_DigestSign(context.get(), signature.data(), &length, bytes, message.size()) != 1) {
    fail("signing");
  }
  signature.resize(length);
  return signature;
}

void verify(EVP_PKEY* key, const std::string& message, const std::vector<unsigned char>& mark) {
  const Context context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  const auto* bytes = reinterpret_cast<const unsigned char*>(message.data());
  if (EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key) != 1 ||
      EVP_DigestVerify(context.get(), mark.data(), mark.size(), bytes, message.size()) != 1) {
    fail("verifying");
  }
}

void hash() {
  std::array<char, crypto_pwhash_STRBYTES> text{};
  constexpr const char* kPassword = "correct horse battery";
  if (crypto_pwhash_str_alg(text.data(), kPassword, std::strlen(kPassword), kPasses, kMemory,
                            crypto_pwhash_ALG_ARGON2ID13) != 0) {
    fail("hashing");
  }
}

std::function<void()> operation_named(const std::string& name) {
  if (name == "argon2id") return hash;
  const auto key = std::make_shared<Key>(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const std::string message(kMessage, 'm');
  if (name == "es256_sign") return [key, message] { (void)sign(key->get(), message); };
  if (name != "es256_verify") fail("no such operation");
  const auto mark = sign(key->get(), message);
  return [key, message, mark] { verify(key->get(), message, mark); };
}

struct Spent {
  double processor = 0;
  long long count = 0;
};

Spent repeat(const std::string& name, double seconds) {
  const auto operation = operation_named(name);
  operation();
  Spent spent;
  const double end = seconds_of(CLOCK_MONOTONIC) + seconds;
  const double begun = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
  do {
    operation();
    ++spent.count;
  } while (seconds_of(CLOCK_MONOTONIC) < end);
  spent.processor = seconds_of(CLOCK_PROCESS_CPUTIME_ID) - begun;
  return spent;
}

/// Each child writes what it spent into the pipe: small enough to arrive in one piece.
Spent repeat_in_children(const std::string& name, double seconds, int processes) {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) fail("pipe");
  for (int i = 0; i < processes; ++i) {
    const pid_t child = fork();
    if (child < 0) fail("fork");
    if (child > 0) continue;
    const Spent spent = repeat(name, seconds);
    _exit(write(ends[1], &spent, sizeof spent) == sizeof spent ? 0 : 1);
  }
  Spent all;
  for (int i = 0; i < processes; ++i) {
    int status = 0;
    Spent one;
    if (wait(&status) < 0 || status != 0 || read(ends[0], &one, sizeof one) != sizeof one) {
      fail("a child failed");
    }
    all.processor += one.processor;
    all.count += one.count;
  }
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) fail("raw OPERATION SECONDS PROCESSES");
  const int processes = std::atoi(argv[3]);
  if (sodium_init() < 0 || processes < 1 || processes > 64) fail("arguments");
  const Spent spent = repeat_in_children(argv[1], std::atof(argv[2]), processes);
  std::printf("{\"operation\": \"%s\", \"count\": %lld, \"processor_seconds\": %.9f}\n", argv[1],
              spent.count, spent.processor / static_cast<double>(spent.count));
  return 0;
}
