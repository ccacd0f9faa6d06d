import Foundation
import HandfastCore
import HandfastCrypto
import HandfastTestKit

/// Measures two classes of input, interleaved at random, and prints the largest |t| as JSON. Above 4.5 it is a signal.
/// `HandfastTiming [SAMPLES]`
@main struct Timing {
  static func main() throws {
    let samples = CommandLine.arguments.dropFirst().first.flatMap(Int.init) ?? 200_000
    var sink = 0
    for count in [12, 16, 32, 48] {
      // Both differ, as all do that an attacker sends until one is right: in their first byte, or in their last.
      measureComparison("constantTimeEqual, \(count) bytes", samples, count, differingAt: [0, count - 1], &sink)
    }
    // Nothing to find: shows what the machine's noise comes to.
    measureComparison("control: the same twice, 32 bytes", samples, 32, differingAt: [0, 0], &sink)
    // A comparison that ends at the first difference: shows that the method sees what it is for.
    let long = [UInt8](repeating: 0x5a, count: 256)
    var first = long
    first[0] ^= 1
    let lists = [long, first]
    measure("control: early exit, 256 bytes", samples, repeating: 32) { kind, _ in
      var index = 0
      while index < long.count, long[index] == lists[kind][index] { index += 1 }
      sink += index
    }
    try measureTags(samples, &sink)
    try measureKeyTransport(samples, &sink)
    try measureHandshakes(samples)
    FileHandle.standardError.write(Data("(\(sink))\n".utf8))
  }

  private static func measureComparison(
    _ name: String, _ samples: Int, _ count: Int, differingAt places: [Int], _ sink: inout Int
  ) {
    let secret = [UInt8](repeating: 0x5a, count: count)
    // One buffer for both classes, written before the clock starts: where it lies must not tell them apart.
    var guess = secret
    var equal = 0
    func prepare(_ kind: Int) {
      for place in places { guess[place] = 0x5a }
      guess[places[kind]] ^= 1
    }
    measure(name, samples, repeating: 32, preparing: prepare) { _, _ in
      if constantTimeEqual(secret.span, guess.span) { equal += 1 }
    }
    sink += equal
  }

  static func measure(
    _ name: String, _ count: Int, repeating: Int = 1, preparing prepare: (_ kind: Int) -> Void = { _ in },
    _ body: (_ kind: Int, _ round: Int) -> Void
  ) {
    var random = SplitMix(seed: 6)
    let kinds = (0..<count).map { _ in random.below(2) }
    let clock = ContinuousClock()
    var samples: [(kind: Int, time: Double)] = []
    samples.reserveCapacity(count)
    for round in 0..<count {
      let kind = kinds[round]
      prepare(kind)
      let time = clock.measure { for _ in 0..<repeating { body(kind, round) } }
      // The first are spent on warming up.
      if round > count / 20 { samples.append((kind, Double(time.components.attoseconds) / 1e9)) }
    }
    let t = Welch.largest(samples)
    let text = String(format: "%.2f", t)
    print(#"{"what":"\#(name)","samples":\#(samples.count),"t":\#(text),"signal":\#(t > 4.5)}"#)
  }

  /// A record whose tag is wrong in its first byte, and one whose tag is wrong in its last.
  private static func measureTags(_ samples: Int, _ sink: inout Int) throws {
    let (key, nonce) = ([UInt8](repeating: 1, count: 16), [UInt8](repeating: 2, count: 12))
    let (none, plaintext): ([UInt8], [UInt8]) = ([], [UInt8](repeating: 3, count: 64))
    let recordKey = try DefaultCryptoProvider().recordKey(.aes128GCM, key: key.span)
    let sealed = try [UInt8](capacity: 80) { output throws(CryptoError) in
      try recordKey.seal(plaintext.span, into: &output, nonce: nonce.span, additionalData: none.span)
    }
    var records = [sealed, sealed]
    records[0][64] ^= 1
    records[1][79] ^= 1
    var opened = 0
    measure("AEAD tag, first or last byte wrong", samples) { kind, _ in
      var record = records[kind]
      var span = record.mutableSpan
      if recordKey.open(&span, nonce: nonce.span, additionalData: none.span) { opened += 1 }
    }
    sink += opened
  }

  /// RSA key transport: padding right or wrong; the unpadding alone, and the whole decryption.
  private static func measureKeyTransport(_ samples: Int, _ sink: inout Int) throws {
    let good = [0, 2] + [UInt8](repeating: 0xaa, count: 205) + [0] + [UInt8](repeating: 3, count: 48)
    var bad = good
    bad[1] = 1
    let blocks = [good, bad]
    var total = 0
    measure("RSA key transport: unpadding, right or wrong", samples, repeating: 4) { kind, _ in
      let block = blocks[kind]
      let secret = unpadPreMasterSecret(block.span, replacement: Secret([UInt8](repeating: 7, count: 48)))
      secret.withSpan { total += Int($0[0]) }
    }
    let identity = try TestIdentities.shared.server(.rsa(bits: 2048))
    guard let key = identity.key else { throw CryptoError.unsupported }
    let peerKey = try TestIdentities.shared.publicKey(of: identity)
    var random = SplitMix(seed: 6)
    let right = try (0..<256).map { _ in
      try peerKey.encryptPreMasterSecret(Secret((0..<48).map { _ in UInt8(truncatingIfNeeded: random.next()) }))
    }
    let wrong = (0..<256).map { _ in [0] + (0..<255).map { _ in UInt8(truncatingIfNeeded: random.next()) } }
    let pools = [right, wrong]
    measure("RSA key transport: decryption, right or wrong", samples / 20) { kind, round in
      let replacement = Secret([UInt8](repeating: 7, count: 48))
      guard let secret = key.decryptPreMasterSecret(pools[kind][round % 256], replacement: replacement) else { return }
      secret.withSpan { total += Int($0[0]) }
    }
    sink += total
  }
}
