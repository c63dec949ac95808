/// What a script in another process can order.
protocol ControlOrder {
    init(json bytes: [UInt8]) throws(SimulatorError)

    func apply(to core: SimulatorCore)
}
