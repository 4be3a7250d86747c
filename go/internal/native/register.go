package native

var registered Engine

// Register is called by the init function of a package that brings an engine.
func Register(e Engine) { registered = e }

// Registered is the engine that was registered, or nil.
func Registered() Engine { return registered }
