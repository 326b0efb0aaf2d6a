package cloud.stasis.compute.instance;

import cloud.stasis.machine.Machine;
import cloud.stasis.messages.ComputeCommand.InstanceSpec;

/// `spec.json`: what was asked for, and the machine that was made of it.
public record InstanceRecord(InstanceSpec spec, Machine machine) {}
