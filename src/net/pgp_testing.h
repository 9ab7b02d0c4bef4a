// A public key for tests, made with GnuPG 2.2: gpg --quick-gen-key 'Truc ban <truc@don-vi.example>' ed25519 cert,sign never, and a part for
// encryption by --quick-add-key FINGERPRINT cv25519 encr never. Its secret was thrown away.
#pragma once

namespace vg::net::testing_pgp {

inline constexpr char kFingerprint[] = "63DA4CBD28DE2D295449253A693F73DB1C65BEF5";
inline constexpr char kPublicKey[] =
    "-----BEGIN PGP PUBLIC KEY BLOCK-----\n"
    "\n"
    "mDMEaw5b/hYJKwYBBAHaRw8BAQdAr5BqZa0p1DQopVYq8hAQCOQbh7LOWdNjVXHN\n"
    "ndYtKQ60HlRydWMgYmFuIDx0cnVjQGRvbi12aS5leGFtcGxlPoiQBBMWCAA4FiEE\n"
    "Y9pMvSjeLSlUSSU6aT9z2xxlvvUFAmsOW/4CGwMFCwkIBwIGFQoJCAsCBBYCAwEC\n"
    "HgECF4AACgkQaT9z2xxlvvWA4gEA/e12gMNqF13JkuvIuyihapz2Z6KhKZLwRAMj\n"
    "kkeJPBQBAKoclhtqO6rMZnY9rKGG+sy5ro9kLLq8fz9sxrc2zJsOuDgEaw5b/hIK\n"
    "KwYBBAGXVQEFAQEHQAnYJiwqG7WzJiNYUjSU5bhj7R84VdsZgr6FJVprTxhgAwEI\n"
    "B4h4BBgWCAAgFiEEY9pMvSjeLSlUSSU6aT9z2xxlvvUFAmsOW/4CGwwACgkQaT9z\n"
    "2xxlvvX/8QD+OfCfGCUurq7Ye44VES2jkng0kcg+A0LesEyMKJlzq4MA/0HisFj4\n"
    "6Wm7JR0p9dYDKu3mslUN3vbnMPzi2vy+K4gE\n"
    "=Fwpu\n"
    "-----END PGP PUBLIC KEY BLOCK-----\n";

}  // namespace vg::net::testing_pgp
