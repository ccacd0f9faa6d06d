import HandfastCore
import HandfastCrypto
import HandfastWire
import TestTurns
import Testing

@Suite(.inTurn) struct RecordKeyTests {
  static let sizes = [0, 1, 15, 16, 17, 1000, 16384]

  @Test(arguments: RecordCipher.allCases, AEADAlgorithm.allCases)
  func `what was sealed opens to what it was`(cipher: RecordCipher, algorithm: AEADAlgorithm) throws {
    let provider = DefaultCryptoProvider(recordCipher: cipher)
    let key = try provider.recordKey(algorithm, key: provider.randomBytes(algorithm.keyByteCount).span)
    let (nonce, additional) = (provider.randomBytes(12), provider.randomBytes(13))
    for size in Self.sizes {
      let plaintext = provider.randomBytes(size)
      var record = try key.sealed(plaintext, nonce: nonce, additional: additional)
      #expect(record.count == size + 16)
      // A few bytes can be the same by chance.
      #expect(size < 15 || Array(record.prefix(size)) != plaintext)
      #expect(key.opened(&record, nonce: nonce, additional: additional))
      #expect(Array(record.prefix(size)) == plaintext)
    }
  }

  @Test(arguments: AEADAlgorithm.allCases)
  func `both record ciphers agree byte for byte`(algorithm: AEADAlgorithm) throws {
    let random = DefaultCryptoProvider()
    let secret = random.randomBytes(algorithm.keyByteCount)
    let shim = try DefaultCryptoProvider(recordCipher: .boringSSL).recordKey(algorithm, key: secret.span)
    let portable = try DefaultCryptoProvider(recordCipher: .publicAPI).recordKey(algorithm, key: secret.span)
    #expect(shim is BoringRecordKey)
    #expect(portable is PublicAPIRecordKey)
    for size in Self.sizes {
      let (plaintext, nonce) = (random.randomBytes(size), random.randomBytes(12))
      for additional in [[], random.randomBytes(5), random.randomBytes(13)] {
        let one = try shim.sealed(plaintext, nonce: nonce, additional: additional)
        let other = try portable.sealed(plaintext, nonce: nonce, additional: additional)
        #expect(one == other)
        var record = one
        #expect(portable.opened(&record, nonce: nonce, additional: additional))
        #expect(Array(record.prefix(size)) == plaintext)
        record = other
        #expect(shim.opened(&record, nonce: nonce, additional: additional))
        #expect(Array(record.prefix(size)) == plaintext)
      }
    }
  }

  @Test(arguments: RecordCipher.allCases, AEADAlgorithm.allCases)
  func `a record with any bit changed does not open`(cipher: RecordCipher, algorithm: AEADAlgorithm) throws {
    let provider = DefaultCryptoProvider(recordCipher: cipher)
    let key = try provider.recordKey(algorithm, key: provider.randomBytes(algorithm.keyByteCount).span)
    let (nonce, additional) = (provider.randomBytes(12), provider.randomBytes(13))
    let record = try key.sealed([1, 2, 3, 4, 5], nonce: nonce, additional: additional)
    for bit in 0..<record.count * 8 {
      var changed = record
      changed[bit / 8] ^= 1 << (bit % 8)
      #expect(!key.opened(&changed, nonce: nonce, additional: additional))
    }
    for length in 0..<record.count {
      var short = Array(record.prefix(length))
      #expect(!key.opened(&short, nonce: nonce, additional: additional))
    }
    for bit in 0..<96 {
      var (copy, changed) = (record, nonce)
      changed[bit / 8] ^= 1 << (bit % 8)
      #expect(!key.opened(&copy, nonce: changed, additional: additional))
    }
    for bit in 0..<additional.count * 8 {
      var (copy, changed) = (record, additional)
      changed[bit / 8] ^= 1 << (bit % 8)
      #expect(!key.opened(&copy, nonce: nonce, additional: changed))
    }
  }

  @Test(arguments: RecordCipher.allCases, AEADAlgorithm.allCases)
  func `wrong lengths are refused, not trusted`(cipher: RecordCipher, algorithm: AEADAlgorithm) throws {
    let provider = DefaultCryptoProvider(recordCipher: cipher)
    let length = algorithm.keyByteCount
    for wrong in [0, 1, length - 1, length + 1, 64] {
      #expect(throws: CryptoError.failure("wrong key length")) {
        try provider.recordKey(algorithm, key: [UInt8](repeating: 7, count: wrong).span)
      }
    }
    let key = try provider.recordKey(algorithm, key: [UInt8](repeating: 7, count: length).span)
    for wrong in [0, 8, 11, 13, 16] {
      let nonce = [UInt8](repeating: 0, count: wrong)
      #expect(throws: CryptoError.failure("wrong nonce length")) {
        try key.sealed([1], nonce: nonce, additional: [])
      }
      var record = [UInt8](repeating: 0, count: 32)
      #expect(!key.opened(&record, nonce: nonce, additional: []))
    }
    #expect(throws: CryptoError.failure("no room for the record")) {
      try key.sealed([1, 2, 3], nonce: [UInt8](repeating: 0, count: 12), additional: [], capacity: 18)
    }
  }

  @Test(arguments: RecordCipher.allCases, AEADAlgorithm.allCases)
  func `one key serves several tasks at once`(cipher: RecordCipher, algorithm: AEADAlgorithm) async throws {
    let provider = DefaultCryptoProvider(recordCipher: cipher)
    let key = try provider.recordKey(algorithm, key: provider.randomBytes(algorithm.keyByteCount).span)
    let plaintext = provider.randomBytes(500)
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for number in UInt8(0)..<8 {
        group.addTask {
          let nonce = [UInt8](repeating: number, count: 12)
          let first = try key.sealed(plaintext, nonce: nonce, additional: [number])
          return try (0..<100).allSatisfy { _ in
            var record = try key.sealed(plaintext, nonce: nonce, additional: [number])
            guard record == first, key.opened(&record, nonce: nonce, additional: [number]) else { return false }
            return record.starts(with: plaintext)
          }
        }
      }
      for try await isRight in group { #expect(isRight) }
    }
  }

  @Test(arguments: RecordCipher.allCases)
  func `a record is appended to what the buffer already holds`(cipher: RecordCipher) throws {
    let key = try DefaultCryptoProvider(recordCipher: cipher)
      .recordKey(.aes128GCM, key: [UInt8](repeating: 7, count: 16).span)
    let nonce = [UInt8](repeating: 1, count: 12)
    let alone = try key.sealed([1, 2, 3], nonce: nonce, additional: [9])
    let after = try [UInt8](capacity: 24) { output throws(CryptoError) in
      for byte in UInt8(0)..<5 { output.append(byte) }
      try key.seal([1, 2, 3].span, into: &output, nonce: nonce.span, additionalData: [9].span)
    }
    #expect(after == [0, 1, 2, 3, 4] + alone)
  }
}

extension RecordKey {
  /// The record in a buffer of just the right size, unless told otherwise.
  func sealed(
    _ plaintext: [UInt8], nonce: [UInt8], additional: [UInt8], capacity: Int? = nil
  ) throws(CryptoError) -> [UInt8] {
    try [UInt8](capacity: capacity ?? plaintext.count + 16) { output throws(CryptoError) in
      try seal(plaintext.span, into: &output, nonce: nonce.span, additionalData: additional.span)
    }
  }

  func opened(_ record: inout [UInt8], nonce: [UInt8], additional: [UInt8]) -> Bool {
    var span = record.mutableSpan
    return open(&span, nonce: nonce.span, additionalData: additional.span)
  }
}
