/// What is measured: one kind of handshake, or one way to move data.
struct Scenario: Hashable {
  enum Version: String, CaseIterable {
    case tls12 = "1.2"
    case tls13 = "1.3"
  }
  enum KeyKind: String, CaseIterable {
    case p256 = "ECDSA-P256"
    case rsa2048 = "RSA-2048"
    case ed25519 = "Ed25519"
  }
  enum Group: String, CaseIterable {
    case x25519 = "X25519"
    case p256 = "P-256"
    case hybrid = "X25519MLKEM768"
  }
  enum Cipher: String, CaseIterable {
    case aes128 = "AES-128-GCM"
    case aes256 = "AES-256-GCM"
    case chacha = "ChaCha20-Poly1305"
  }
  enum Work: Hashable {
    case full
    case resumed
    /// Writes of so many bytes.
    case bulk(Int)
  }

  var work = Work.full
  var version: Version
  var isMutual = false
  var keyKind = KeyKind.p256
  var group = Group.x25519
  var cipher = Cipher.aes128

  var isBulk: Bool {
    switch work {
    case .full, .resumed: false
    case .bulk: true
    }
  }

  var name: String {
    let sides = isMutual ? "mutual" : "server-only"
    return switch work {
    case .full: "full TLS \(version.rawValue) \(sides) \(keyKind.rawValue) \(group.rawValue)"
    case .resumed: "resumed TLS \(version.rawValue) \(sides)"
    case .bulk(let size): "bulk TLS \(version.rawValue) \(cipher.rawValue) \(size) B"
    }
  }
}

extension Scenario {
  /// What the project has set itself targets for.
  static let quick: [Scenario] =
    Version.allCases.flatMap { version in
      [false, true].map { Scenario(version: version, isMutual: $0) }
    }
    + Version.allCases.map { Scenario(work: .resumed, version: $0) }
    + [16_384, 1024, 64].map { Scenario(work: .bulk($0), version: .tls12) }
    + [Scenario(work: .bulk(16_384), version: .tls12, cipher: .aes256)]
    + [16_384, 1024, 64].map { Scenario(work: .bulk($0), version: .tls13) }

  static let all: [Scenario] = quick + (rest.filter { !quick.contains($0) })

  private static let rest: [Scenario] =
    Version.allCases.flatMap { version in
      [false, true].flatMap { isMutual in
        KeyKind.allCases.flatMap { kind in
          // Hybrid groups are TLS 1.3's alone.
          Group.allCases.filter { version == .tls13 || $0 != .hybrid }.map {
            Scenario(version: version, isMutual: isMutual, keyKind: kind, group: $0)
          }
        }
      }
    }
    + Version.allCases.map { Scenario(work: .resumed, version: $0, isMutual: true) }
    // The suite of TLS 1.3 cannot be chosen in BoringSSL.
    + Cipher.allCases.flatMap { cipher in
      [16_384, 1024, 64].map { Scenario(work: .bulk($0), version: .tls12, cipher: cipher) }
    }
}
