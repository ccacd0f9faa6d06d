import HandfastCore
import HandfastCrypto
import HandfastWire
import Testing

@Suite struct HashTests {
  struct Answer: CustomTestStringConvertible {
    let algorithm: HashAlgorithm
    let ofNothing, ofABC: String
    var testDescription: String { algorithm.rawValue }

    /// FIPS 180-4's examples.
    static let known = [
      Self(
        algorithm: .sha256,
        ofNothing: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        ofABC: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      Self(
        algorithm: .sha384,
        ofNothing: "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da"
          + "274edebfe76f65fbd51ad2f14898b95b",
        ofABC: "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"),
      Self(
        algorithm: .sha512,
        ofNothing: "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
          + "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e",
        ofABC: "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
          + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"),
    ]
  }

  @Test(arguments: Answer.known, RecordCipher.allCases)
  func `digests are the standard's`(answer: Answer, cipher: RecordCipher) throws {
    let hash = DefaultCryptoProvider(recordCipher: cipher).runningHash(answer.algorithm)
    #expect(try hash.digest() == bytes(answer.ofNothing))
    #expect(hash.digest() == answer.algorithm.ofNothing)
    hash.update(Array("abc".utf8).span)
    #expect(try hash.digest() == bytes(answer.ofABC))
    #expect(hash.digest().count == answer.algorithm.byteCount)
    #expect(try answer.algorithm.digestBytes(of: []) == bytes(answer.ofNothing))
    #expect(try answer.algorithm.digestBytes(of: Array("abc".utf8)) == bytes(answer.ofABC))
  }

  @Test(arguments: HashAlgorithm.allCases, RecordCipher.allCases)
  func `a running hash can be asked at any time and goes on`(algorithm: HashAlgorithm, cipher: RecordCipher) {
    let provider = DefaultCryptoProvider(recordCipher: cipher)
    let message = provider.randomBytes(1000)
    let running = provider.runningHash(algorithm)
    var taken = 0
    while taken < message.count {
      let piece = Array(message[taken..<min(message.count, taken + 77)])
      running.update(piece.span)
      taken += piece.count
      let whole = provider.runningHash(algorithm)
      whole.update(Array(message[..<taken]).span)
      #expect(running.digest() == whole.digest())
      var written = [UInt8](repeating: 0, count: algorithm.byteCount)
      var room = written.mutableSpan
      running.digest(into: &room)
      #expect(written == whole.digest())
    }
    let before = running.digest()
    running.update([1].span)
    #expect(running.digest() != before)
    running.update([UInt8]().span)
  }

  /// RFC 4231 §4.2 to §4.8 without the truncated one: key, data, and the MACs with SHA-256, SHA-384, SHA-512.
  static let hmacVectors: [(key: [UInt8], data: [UInt8], macs: [HashAlgorithm: String])] = [
    (
      [UInt8](repeating: 0x0b, count: 20), Array("Hi There".utf8),
      [
        .sha256: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
        .sha384: "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6",
        .sha512: "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
          + "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854",
      ]
    ),
    (
      Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
      [
        .sha256: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        .sha384: "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649",
        .sha512: "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
          + "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
      ]
    ),
    (
      [UInt8](repeating: 0xaa, count: 131), Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
      [
        .sha256: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        .sha384: "4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c60c2ef6ab4030fe8296248df163f44952",
        .sha512: "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
          + "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598",
      ]
    ),
  ]

  @Test(arguments: RecordCipher.allCases, HashAlgorithm.allCases)
  func `MACs are those of RFC 4231`(cipher: RecordCipher, algorithm: HashAlgorithm) throws {
    for (key, data, macs) in Self.hmacVectors {
      let mac = DefaultCryptoProvider(recordCipher: cipher).mac(algorithm, key: key.span)
      let expected = try bytes(macs[algorithm])
      for split in 0...data.count {
        let (first, second) = (Array(data[..<split]), Array(data[split...]))
        #expect(mac.authenticate(first.span, second.span) == expected)
      }
    }
  }

  @Test(arguments: HashAlgorithm.allCases)
  func `both ways to a MAC agree for every length of key and message`(algorithm: HashAlgorithm) {
    let random = DefaultCryptoProvider()
    for length in [0, 1, 31, 32, 48, 63, 64, 65, 127, 128, 129, 300] {
      let (key, message) = (random.randomBytes(length), random.randomBytes(300 - length))
      let one = DefaultCryptoProvider(recordCipher: .boringSSL).mac(algorithm, key: key.span)
      let other = DefaultCryptoProvider(recordCipher: .publicAPI).mac(algorithm, key: key.span)
      #expect(one is BoringMACKey)
      #expect(other is PublicAPIMACKey)
      #expect(one.authenticate(message.span, key.span) == other.authenticate(message.span, key.span))
    }
  }

  @Test(arguments: HashAlgorithm.allCases)
  func `both ways to HKDF-Expand-Label agree for every length of label, context and output`(algorithm: HashAlgorithm) {
    let (one, other) = (
      DefaultCryptoProvider(recordCipher: .boringSSL), DefaultCryptoProvider(recordCipher: .publicAPI)
    )
    let key = one.randomBytes(algorithm.byteCount)
    for length in [0, 1, 12, 64, 249, 250, 300] {
      let label = String(repeating: "l", count: length)
      for (contextLength, count) in [(0, 1), (32, 32), (48, 48), (64, 12), (255, 300), (256, 16)] {
        let context = one.randomBytes(contextLength)
        let made = one.expandLabel(algorithm, key: key.span, label: label, context: context.span, count: count).bytes
        #expect(made.count == count)
        #expect(
          made == other.expandLabel(algorithm, key: key.span, label: label, context: context.span, count: count).bytes)
      }
    }
  }

  @Test(arguments: HashAlgorithm.allCases)
  func `what the key schedule asks for at once is what its parts give, by both ways`(algorithm: HashAlgorithm) throws {
    let providers = [
      DefaultCryptoProvider(recordCipher: .boringSSL), DefaultCryptoProvider(recordCipher: .publicAPI),
    ]
    let plain = providers[1]
    for count in [0, 1, 32, 48, 64, 129, 200] {
      let (secret, material) = (plain.randomBytes(algorithm.byteCount), plain.randomBytes(count))
      let pair = plain.expandLabelsPlainly(
        algorithm, key: secret.span, "c hs traffic", "s hs traffic", context: material.span)
      let next = plain.nextStagePlainly(algorithm, after: secret.span, material: material.span).bytes
      let finished = plain.finishedMACPlainly(algorithm, secret: secret.span, transcriptHash: material.span)
      let mac = plain.mac(algorithm, key: secret.span).authenticate(material.span, secret.span)
      for provider in providers {
        let both = provider.expandLabels(
          algorithm, key: secret.span, "c hs traffic", "s hs traffic", context: material.span)
        #expect(both.first.bytes == pair.first.bytes)
        #expect(both.second.bytes == pair.second.bytes)
        #expect(provider.nextStage(algorithm, after: secret.span, material: material.span).bytes == next)
        #expect(
          provider.finishedMAC(algorithm, secret: secret.span, transcriptHash: material.span) == finished)
        #expect(provider.authenticate(algorithm, key: secret.span, material.span, secret.span) == mac)
      }
    }
  }

  @Test(arguments: HashAlgorithm.allCases, AEADAlgorithm.allCases)
  func `both ways to a traffic secret's record key agree`(algorithm: HashAlgorithm, aead: AEADAlgorithm) throws {
    let (one, other) = (
      DefaultCryptoProvider(recordCipher: .boringSSL), DefaultCryptoProvider(recordCipher: .publicAPI)
    )
    let secret = one.randomBytes(algorithm.byteCount)
    let (fast, plain) = (
      try one.trafficKey(aead, algorithm, secret: secret.span),
      try other.trafficKeyPlainly(aead, algorithm, secret: secret.span)
    )
    #expect(fast.key is BoringRecordKey)
    #expect([UInt8](copying: fast.iv.span) == [UInt8](copying: plain.iv.span))
    var record: [UInt8] = []
    try record.append(addingCapacity: 100 + AEADAlgorithm.tagByteCount) { output throws(CryptoError) in
      let message = [UInt8](repeating: 7, count: 100)
      try fast.key.seal(message.span, into: &output, nonce: fast.iv.span, additionalData: secret.span)
    }
    var span = record.mutableSpan
    #expect(plain.key.open(&span, nonce: plain.iv.span, additionalData: secret.span))
  }

  @Test(arguments: HashAlgorithm.allCases)
  func `the salt without a pre-shared key is what the key schedule makes`(algorithm: HashAlgorithm) throws {
    let provider = DefaultCryptoProvider(recordCipher: .publicAPI)
    let zeros = [UInt8](repeating: 0, count: algorithm.byteCount)
    let early = provider.extract(algorithm, salt: zeros.span, material: zeros.span).bytes
    let salt = provider.expandLabel(
      algorithm, key: early.span, label: "derived", context: algorithm.ofNothing.span, count: algorithm.byteCount)
    #expect((algorithm.saltWithoutPSK ?? salt.bytes) == salt.bytes)
    #expect((algorithm.saltWithoutPSK == nil) == (algorithm == .sha512))
  }

  @Test(arguments: HashAlgorithm.allCases)
  func `both ways to TLS 1.2's PRF agree for every length of key, seed and output`(algorithm: HashAlgorithm) {
    let random = DefaultCryptoProvider()
    for count in [0, 1, 12, 31, 32, 33, 47, 48, 49, 63, 64, 65, 88, 104, 128, 129, 300] {
      let (key, seed) = (random.randomBytes(count), random.randomBytes(300 - count))
      let one = DefaultCryptoProvider(recordCipher: .boringSSL).mac(algorithm, key: key.span)
      let other = DefaultCryptoProvider(recordCipher: .publicAPI).mac(algorithm, key: key.span)
      for label in ["", "client finished", String(repeating: "l", count: count)] {
        let made = one.prf(label, seed.span, key.span, count: count).bytes
        #expect(made.count == count)
        #expect(made == other.prf(label, seed.span, key.span, count: count).bytes)
      }
    }
  }
}

@Suite struct SameBytesTests {
  @Test func `bytes are the same when all are, wherever a difference would stand`() {
    let bytes = [UInt8]((0..<100).map { UInt8($0) })
    #expect(haveSameBytes([], []))
    #expect(haveSameBytes(bytes, Array(bytes)))
    #expect(!haveSameBytes(bytes, []) && !haveSameBytes(bytes, Array(bytes.dropLast())))
    for place in bytes.indices {
      var other = bytes
      other[place] ^= 0x80
      #expect(!haveSameBytes(bytes, other))
    }
  }
}
