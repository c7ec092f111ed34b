/**
 * What Spark did of a job: its jobs, stages and tasks as its listener bus tells them, and the rows
 * of steps, counted by observations in the passes that Spark makes anyway. Internal.
 */
package dev.waybill.gluetracing.internal.spark;
