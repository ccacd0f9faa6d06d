import CHandfastBoring
import Crypto
package import HandfastCore
import HandfastWire

// HKDF (RFC 5869) over BoringSSL where it can be reached, at a fraction of what swift-crypto's costs, which stands in elsewhere.

extension DefaultCryptoProvider {
  package func extract(_ algorithm: HashAlgorithm, salt: Span<UInt8>, material: Span<UInt8>) -> Secret {
    if usesBoringSSL, let secret = boringExtract(algorithm, salt, material) { return secret }
    switch algorithm {
    case .sha256: return libraryExtract(SHA256.self, salt, material)
    case .sha384: return libraryExtract(SHA384.self, salt, material)
    case .sha512: return libraryExtract(SHA512.self, salt, material)
    }
  }

  package func expand(_ algorithm: HashAlgorithm, key: Span<UInt8>, info: Span<UInt8>, count: Int) -> Secret {
    if usesBoringSSL, let secret = boringExpand(algorithm, key, info, count) { return secret }
    switch algorithm {
    case .sha256: return libraryExpand(SHA256.self, key, info, count)
    case .sha384: return libraryExpand(SHA384.self, key, info, count)
    case .sha512: return libraryExpand(SHA512.self, key, info, count)
    }
  }
}

extension DefaultCryptoProvider {
  package func expandLabel(
    _ algorithm: HashAlgorithm, key: Span<UInt8>, label: String, context: Span<UInt8>, count: Int
  ) -> Secret {
    if usesBoringSSL, let secret = boringExpand(algorithm, key, label, context, count) { return secret }
    return expandLabelPlainly(algorithm, key: key, label: label, context: context, count: count)
  }

  package func expandLabels(
    _ algorithm: HashAlgorithm, key: Span<UInt8>, _ first: String, _ second: String, context: Span<UInt8>
  ) -> SecretPair {
    var other: Secret?
    if usesBoringSSL, let one = boringExpand(algorithm, key, first, second, context, &other),
      let other = other.take()
    {
      return SecretPair(one, other)
    }
    return expandLabelsPlainly(algorithm, key: key, first, second, context: context)
  }

  package func nextStage(_ algorithm: HashAlgorithm, after secret: Span<UInt8>, material: Span<UInt8>) -> Secret {
    if usesBoringSSL, let next = boringNextStage(algorithm, secret, material) { return next }
    return nextStagePlainly(algorithm, after: secret, material: material)
  }

  package func finishedMAC(
    _ algorithm: HashAlgorithm, secret: Span<UInt8>, transcriptHash: Span<UInt8>
  ) -> [UInt8] {
    if usesBoringSSL, let mac = boringFinishedMAC(algorithm, secret, transcriptHash) { return mac }
    return finishedMACPlainly(algorithm, secret: secret, transcriptHash: transcriptHash)
  }

  package func trafficKey(
    _ algorithm: AEADAlgorithm, _ hash: HashAlgorithm, secret: Span<UInt8>
  ) throws(CryptoError) -> TrafficKey {
    if usesBoringSSL, let key = BoringRecordKey.ofTraffic(algorithm, hash, secret: secret) { return key }
    return try trafficKeyPlainly(algorithm, hash, secret: secret)
  }

  package func authenticate(
    _ algorithm: HashAlgorithm, key: Span<UInt8>, _ first: Span<UInt8>, _ second: Span<UInt8>
  ) -> [UInt8] {
    if usesBoringSSL, let mac = boringMAC(algorithm, key, first, second) { return mac }
    return mac(algorithm, key: key).authenticate(first, second)
  }
}

private func boringExtract(_ algorithm: HashAlgorithm, _ salt: Span<UInt8>, _ material: Span<UInt8>) -> Secret? {
  // Safe: every pointer stays in its closure, and as many bytes are written as there is room for.
  unsafe filled(algorithm.byteCount) { output in
    unsafe salt.withUnsafeBufferPointer { salt in
      unsafe material.withUnsafeBufferPointer { material in
        unsafe chb_hkdf_extract(
          algorithm.boring, salt.baseAddress, salt.count, material.baseAddress, material.count, output.baseAddress,
          output.count)
      }
    }
  }
}

private func boringExpand(
  _ algorithm: HashAlgorithm, _ key: Span<UInt8>, _ info: Span<UInt8>, _ count: Int
) -> Secret? {
  // Safe: every pointer stays in its closure, and as many bytes are written as there is room for.
  unsafe filled(count) { output in
    unsafe key.withUnsafeBufferPointer { key in
      unsafe info.withUnsafeBufferPointer { info in
        unsafe chb_hkdf_expand(
          algorithm.boring, key.baseAddress, key.count, info.baseAddress, info.count, output.baseAddress, output.count)
      }
    }
  }
}

/// Nil also where a label, a context or an output is too long.
private func boringExpand(
  _ algorithm: HashAlgorithm, _ key: Span<UInt8>, _ label: String, _ context: Span<UInt8>, _ count: Int
) -> Secret? {
  var label = label
  // Safe: every pointer stays in its closure, and as many bytes are written as there is room for.
  return unsafe filled(count) { output in
    label.withUTF8 { label in
      let wanted: InlineArray<1, chb_label> = unsafe [
        chb_label(
          label: label.baseAddress, label_length: label.count, expanded: output.baseAddress,
          expanded_length: output.count)
      ]
      return unsafe boringExpand(algorithm, key, wanted.span, context)
    }
  }
}

private func boringExpand(
  _ algorithm: HashAlgorithm, _ key: Span<UInt8>, _ first: String, _ second: String, _ context: Span<UInt8>,
  _ other: inout Secret?
) -> Secret? {
  var (first, second) = (first, second)
  // Safe: every pointer stays in its closure, and as many bytes are written as there is room for.
  return unsafe filled(algorithm.byteCount) { one in
    var isDone: Int32 = 0
    other = unsafe filled(algorithm.byteCount) { other in
      isDone = first.withUTF8 { first in
        second.withUTF8 { second in
          let wanted: InlineArray<2, chb_label> = unsafe [
            chb_label(
              label: first.baseAddress, label_length: first.count, expanded: one.baseAddress,
              expanded_length: one.count),
            chb_label(
              label: second.baseAddress, label_length: second.count, expanded: other.baseAddress,
              expanded_length: other.count),
          ]
          return unsafe boringExpand(algorithm, key, wanted.span, context)
        }
      }
      return isDone
    }
    return isDone
  }
}

/// The pointers in `wanted` must be good.
@unsafe private func boringExpand(
  _ algorithm: HashAlgorithm, _ key: Span<UInt8>, _ wanted: Span<chb_label>, _ context: Span<UInt8>
) -> Int32 {
  unsafe key.withUnsafeBufferPointer { key in
    unsafe context.withUnsafeBufferPointer { context in
      unsafe wanted.withUnsafeBufferPointer { wanted in
        unsafe chb_tls13_expand_labels(
          algorithm.boring, key.baseAddress, key.count, wanted.baseAddress, wanted.count, context.baseAddress,
          context.count)
      }
    }
  }
}

private func boringNextStage(
  _ algorithm: HashAlgorithm, _ secret: Span<UInt8>, _ material: Span<UInt8>
) -> Secret? {
  let empty = algorithm.ofNothing
  // Safe: every pointer stays in its closure, and as many bytes are written as there is room for.
  return unsafe filled(algorithm.byteCount) { output in
    unsafe secret.withUnsafeBufferPointer { secret in
      unsafe material.withUnsafeBufferPointer { material in
        unsafe empty.withUnsafeBufferPointer { empty in
          unsafe chb_tls13_next_stage(
            algorithm.boring, secret.baseAddress, secret.count, empty.baseAddress, empty.count, material.baseAddress,
            material.count, output.baseAddress, output.count)
        }
      }
    }
  }
}

private func boringFinishedMAC(
  _ algorithm: HashAlgorithm, _ secret: Span<UInt8>, _ transcriptHash: Span<UInt8>
) -> [UInt8]? {
  // Safe: every pointer stays in its closure, and as many bytes are written as there is room for.
  let mac = unsafe [UInt8](room: algorithm.byteCount) { mac in
    unsafe secret.withUnsafeBufferPointer { secret in
      unsafe transcriptHash.withUnsafeBufferPointer { hash in
        unsafe chb_tls13_finished(
          algorithm.boring, secret.baseAddress, secret.count, hash.baseAddress, hash.count, mac.baseAddress, mac.count)
          == 1 ? mac.count : 0
      }
    }
  }
  return mac.isEmpty ? nil : mac
}

private func boringMAC(
  _ algorithm: HashAlgorithm, _ key: Span<UInt8>, _ first: Span<UInt8>, _ second: Span<UInt8>
) -> [UInt8]? {
  // Safe: every pointer stays in its closure, and as many bytes are written as there is room for.
  let mac = unsafe [UInt8](room: algorithm.byteCount) { mac in
    unsafe key.withUnsafeBufferPointer { key in
      unsafe first.withUnsafeBufferPointer { first in
        unsafe second.withUnsafeBufferPointer { second in
          unsafe chb_hmac_once(
            algorithm.boring, key.baseAddress, key.count, first.baseAddress, first.count, second.baseAddress,
            second.count, mac.baseAddress, mac.count) == 1 ? mac.count : 0
        }
      }
    }
  }
  return mac.isEmpty ? nil : mac
}

/// `count` bytes that `write` has written; nil where it could not.
private func filled(_ count: Int, _ write: (UnsafeMutableBufferPointer<UInt8>) -> Int32) -> Secret? {
  var isDone: Int32 = 0
  // Safe: the pointer stays in its closure, and there is room for `count` bytes.
  let secret = Secret(count: count) { room in unsafe isDone = room.withUnsafeMutableBufferPointer { unsafe write($0) } }
  guard isDone == 1 else { return nil }
  return secret
}

private func libraryExtract<Hash: HashFunction>(
  _ hash: Hash.Type, _ salt: Span<UInt8>, _ material: Span<UInt8>
) -> Secret {
  let key = HKDF<Hash>.extract(
    inputKeyMaterial: SymmetricKey(copying: material), salt: [UInt8](copying: salt))
  return Secret(Array(key))
}

private func libraryExpand<Hash: HashFunction>(
  _ hash: Hash.Type, _ key: Span<UInt8>, _ info: Span<UInt8>, _ count: Int
) -> Secret {
  let expanded = HKDF<Hash>.expand(
    pseudoRandomKey: SymmetricKey(copying: key), info: [UInt8](copying: info), outputByteCount: count)
  // Safe: the bytes are copied within the closure.
  return Secret(unsafe expanded.withUnsafeBytes { unsafe [UInt8]($0) })
}
