import HandfastWire
import Testing

/// One structure's codec with its type erased, a value of it, and that value's bytes written by hand.
struct Codec: Sendable, CustomTestStringConvertible {
  let name: String
  let vector: Vector
  /// Lengths at which a prefix of the vector is a whole value too.
  let wholePrefixes: Set<Int>
  /// Decodes and encodes again.
  let recode: @Sendable ([UInt8]) throws(DecodeError) -> [UInt8]?
  let decodesToTheValue: @Sendable ([UInt8]) throws(DecodeError) -> Bool
  let encodedValue: @Sendable () -> [UInt8]?

  init<C: WireCodable & Equatable & Sendable>(_ value: C, wholePrefixes: Set<Int> = [], _ vector: String) {
    name = "\(C.self)"
    self.vector = Vector(vector)
    self.wholePrefixes = wholePrefixes
    recode = { bytes throws(DecodeError) in try C(decoding: bytes.span, "structure").encoded() }
    decodesToTheValue = { bytes throws(DecodeError) in try C(decoding: bytes.span, "structure") == value }
    encodedValue = { value.encoded() }
  }

  var testDescription: String { name }

  /// What decoding comes to: the encoding of the decoded value, or the error.
  func outcome(_ bytes: [UInt8]) -> Result<[UInt8]?, DecodeError> {
    do throws(DecodeError) { return .success(try recode(bytes)) } catch { return .failure(error) }
  }
}

extension Codec {
  static let messages = [
    clientHello, serverHello, certificate, serverKeyExchange, certificateRequest, serverHelloDone, helloRequest,
    ecdhClientKeyExchange, rsaClientKeyExchange, certificateVerify, finished, encryptedExtensions, certificateRequest13,
    certificate13, certificateStatus, newSessionTicket12, newSessionTicket13, endOfEarlyData, keyUpdate,
    rawPublicKey,
  ]
  static let extensions = [
    serverName, serverNameAcknowledgement, maxFragmentLength, supportedGroups, ecPointFormats, signatureAlgorithms,
    applicationProtocols, extendedMasterSecret, supportedVersions, renegotiationInfo, supportedSelectedVersion,
    clientKeyShares, serverKeyShare, retryKeyShare, offeredPSKs, selectedPSK, pskKeyExchangeModes, cookie,
    earlyDataIndication, ticketEarlyData, certificateAuthorities, oidFilters, postHandshakeAuth,
    signatureAlgorithmsCert, recordSizeLimit, statusRequest, statusRequestAcknowledgement, stapledResponse,
    sessionTicketExtension, clientCertificateTypes, serverCertificateTypes, clientCertificateTypeChoice,
    serverCertificateTypeChoice,
  ]
  static let parts = [
    extensionBlock, serverECDHParams, recordHeader, alert, certificateEntry, keyShareEntry, pskIdentity, oidFilter,
  ]
  /// These have no length of their own: any number of bytes is one, and whoever holds it counts.
  static let openEnded: Set = ["Finished", "SessionTicketExtension"]
  static let all = messages + extensions + parts
}

/// The value that `bytes` hold, and nothing else.
func decode<C: WireCodable>(_ kind: C.Type, _ bytes: [UInt8]) throws(DecodeError) -> C {
  try C(decoding: bytes.span, "structure")
}

/// The error that `body` throws; nil when it throws none.
func decodeError<T>(_ body: () throws(DecodeError) -> T) -> DecodeError? {
  do throws(DecodeError) {
    _ = try body()
    return nil
  } catch { return error }
}
